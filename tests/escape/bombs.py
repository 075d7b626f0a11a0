"""Programs that want it all, and programs that want to harm the next one."""

from __future__ import annotations

from tests.escape.attempt import one

BOMBS = [
    one("a fork bomb", "while True: os.fork()"),
    one(
        "a thread bomb",
        """
        threading.stack_size(32768)
        while True:
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        """,
        "threads",
        "memory",
    ),
    one(
        "a memory bomb of lists",
        """
        x = []
        while True: x.append(bytearray(10_000_000))
        """,
        "memory",
    ),
    one("a memory bomb of numpy", "x = [np.ones(10_000_000) for _ in range(10_000)]", "memory"),
    one(
        "a memory bomb of shared pages",
        """
        kept = []
        while True:
            m = mmap.mmap(-1, 64 << 20)
            for at in range(0, len(m), 4096): m[at] = 1
            kept.append(m)
        """,
        "memory",
    ),
    one(
        "fill the disk",
        """
        for number in range(100_000):
            with open(f'{number}.bin', 'wb') as file: file.write(bytes(16 << 20))
        escaped('1.6 TB written')
        """,
        "disk",
    ),
    one(
        "a million files",
        """
        for number in range(1_000_000): open(f'{number}.txt', 'w').close()
        escaped('made')
        """,
        "disk",
    ),
    one(
        "a million folders",
        """
        for number in range(1_000_000): os.mkdir(f'{number}')
        escaped('made')
        """,
        "disk",
    ),
    one(
        "one huge file",
        """
        with open('huge', 'wb') as file: os.posix_fallocate(file.fileno(), 0, 1 << 40)
        escaped('made')
        """,
        "disk",
    ),
    one(
        "all descriptors",
        """
        kept = [os.open('/dev/null', 0) for _ in range(100_000)]
        escaped('opened')
        """,
    ),
    one(
        "an output flood",
        """
        line = 'x' * 1000
        for _ in range(10_000_000): print(line)
        """,
        "output",
        "wall_time",
        "cpu_time",
    ),
    one(
        "a flood past Python",
        """
        line = b'x' * 65536
        while True: os.write(1, line)
        """,
        "output",
        "wall_time",
        "cpu_time",
    ),
    one("an endless loop", "while True: pass", "cpu_time", "wall_time"),
    one("an endless wait", "threading.Event().wait()", "wall_time"),
    one(
        "an endless loop that catches all",
        """
        while True:
            try:
                while True: pass
            except BaseException: pass
        """,
        "cpu_time",
        "wall_time",
    ),
    one(
        "ignoring every signal",
        """
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        while True: pass
        """,
        "cpu_time",
        "wall_time",
    ),
    one(
        "an endless loop in C",
        """
        libc.pause()
        libc.sleep(10_000)
        """,
        "wall_time",
    ),
    one(
        "an endless loop in numpy",
        """
        x = np.random.rand(3000, 3000)
        while True: x = x @ x / 1e9
        """,
        "cpu_time",
        "wall_time",
    ),
    one(
        "a regular expression without end",
        """
        import re
        re.match(r'(a+)+$', 'a' * 50 + 'b')
        """,
        "cpu_time",
        "wall_time",
    ),
    one(
        "endless recursion",
        """
        def f(): return f()
        sys.setrecursionlimit(100_000)
        f()
        """,
    ),
    one(
        "a number too large",
        """
        x = 10 ** (10 ** 9)
        escaped(x.bit_length())
        """,
        "cpu_time",
        "wall_time",
        "memory",
    ),
]


POISON = [
    one(
        "poison the next child by a module",
        """
        np.mean = None
        sys.modules['quantdesk.core'] = None
        os.environ['POISON'] = '1'
        import builtins
        builtins.POISON = 1
        """,
        "crashed",
    ),
    one(
        "poison the next child by shared pages",
        """
        buffer = (ctypes.c_char * 16).from_address(id(np))
        buffer[0] = b'\\x7f'
        """,
    ),
    one(
        "a sibling's folder",
        """
        found = [one for one in glob.glob(os.path.join(os.path.dirname(os.getcwd()), '*'))]
        if found: escaped(found)
        """,
    ),
    one("a sibling's request", "read(SIBLING)"),
    one(
        "exit handlers",
        """
        import atexit
        atexit.register(lambda: escaped('ran'))
        """,
    ),
]
