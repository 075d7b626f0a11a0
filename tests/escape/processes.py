"""Ways to other processes, privileges and the kernel."""

from __future__ import annotations

from tests.escape.attempt import one

PROCESSES = [
    one("read a parent's environment", "read(f'/proc/{os.getppid()}/environ')"),
    one("read the victim's environment", "read(f'/proc/{VICTIM}/environ')"),
    one("read the victim's memory", "read(f'/proc/{VICTIM}/mem')"),
    one("see the victim's command line", "read(f'/proc/{VICTIM}/cmdline')"),
    one("follow the victim's root", "read('/'.join(['/proc', str(VICTIM), 'root']) + KEY)"),
    one("the victim's open files", "escaped(os.listdir(f'/proc/{VICTIM}/fd'))"),
    one("list the processes", "escaped([one for one in os.listdir('/proc') if one.isdigit()])"),
    one(
        "own environment has secrets",
        """
        found = [k for k in os.environ if 'SECRET' in k or k.startswith('QD_')]
        if found: escaped(found)
        """,
    ),
    one(
        "own environment as it was at start",
        """
        data = open('/proc/self/environ', 'rb').read()
        if b'SECRET' in data: escaped(data)
        """,
    ),
    one(
        "open files of the parent",
        """
        for fd in range(3, 1024):
            try: data = os.pread(fd, 100, 0)
            except OSError: continue
            if b'hush' in data: escaped(data)
        """,
    ),
    one(
        "secrets left in the memory",
        """
        holders = ("quantdesk.settings", "quantdesk.bootstrap", "quantdesk.adapters", "sqlalchemy", "redis")
        found = [name for name in sys.modules if name.startswith(holders)]
        if found: escaped(found)
        """,
    ),
    one("trace the parent", "if libc.ptrace(16, os.getppid(), 0, 0) == 0: escaped('attached')"),
    one("trace the victim", "if libc.ptrace(0x4206, VICTIM, 0, 0) == 0: escaped('seized')"),
    one("be traced", "if libc.ptrace(0, 0, 0, 0) == 0: escaped('traced')"),
    one(
        "read memory of the victim by process_vm_readv",
        """
        buffer = ctypes.create_string_buffer(8)
        iov = struct.pack('PQ', ctypes.addressof(buffer), 8)
        escaped(call(310, VICTIM, iov, 1, struct.pack('PQ', 0x400000, 8), 1, 0))
        """,
    ),
    one(
        "signal the victim",
        """
        os.kill(VICTIM, 0)
        escaped('signalled')
        """,
    ),
    one(
        "signal the parent",
        """
        os.kill(os.getppid(), signal.SIGTERM)
        escaped('signalled')
        """,
    ),
    one(
        "signal all",
        """
        os.kill(-1, signal.SIGTERM)
        escaped('signalled')
        """,
    ),
    one(
        "signal by tkill",
        """
        call(200, VICTIM, 0)
        escaped('signalled')
        """,
    ),
    one(
        "signal by a pidfd",
        """
        fd = call(434, VICTIM, 0)
        call(424, fd, 0, None, 0)
        escaped('signalled')
        """,
    ),
    one(
        "signal by an owner of a pipe",
        """
        r, w = os.pipe()
        fcntl.fcntl(r, fcntl.F_SETOWN, VICTIM)
        escaped('owned')
        """,
    ),
    one(
        "take a file of the victim",
        """
        fd = call(434, VICTIM, 0)
        escaped(call(438, fd, 0, 0))
        """,
    ),
    one("fork", "escaped(os.fork())"),
    one(
        "vfork below Python",
        """
        pid = libc.vfork()
        if pid == 0: os._exit(0)
        if pid > 0: escaped(pid)
        """,
    ),
    one("clone3", "escaped(call(435, struct.pack('11Q', *[0] * 11), 88))"),
    one("a shell", "escaped(subprocess.run(['/bin/sh', '-c', 'id'], capture_output=True))"),
    one("system()", "if os.system('true') == 0: escaped('ran')"),
    one("become another program", "os.execv('/bin/true', ['true'])"),
    one(
        "a program from memory",
        """
        fd = os.memfd_create('x')
        escaped(fd)
        """,
    ),
    one(
        "another user",
        """
        os.setuid(1)
        escaped(os.getuid())
        """,
    ),
    one(
        "a setuid file of its own",
        """
        open('su', 'w').close()
        os.chmod('su', 0o4755)
        escaped('made')
        """,
    ),
    one(
        "a user namespace",
        """
        call(272, 0x10000000)
        escaped('unshared')
        """,
    ),
    one("enter another namespace", "escaped(call(308, 0, 0))"),
    one(
        "mount",
        """
        call(165, b'none', b'/mnt', b'tmpfs', 0, None)
        escaped('mounted')
        """,
    ),
    one(
        "another root",
        """
        os.chroot('.')
        escaped('chroot')
        """,
    ),
    one("io_uring", "escaped(call(425, 8, ctypes.create_string_buffer(256)))"),
    one("bpf", "escaped(call(321, 0, ctypes.create_string_buffer(128), 128))"),
    one("performance counters", "escaped(call(298, ctypes.create_string_buffer(128), 0, -1, -1, 0))"),
    one("page faults in user space", "escaped(call(323, 0))"),
    one("keys of the kernel", "escaped(call(250, 11, -3, 0, 0))"),
    one("the other numbers of the processor", "escaped(call(0x40000000 + 39))"),
    one("shared memory of System V", "escaped(call(29, 0x1234, 4096, 0o1666))"),
    one("a message queue", "escaped(call(68, 0x1234, 0o1666))"),
    one(
        "raise the own limits",
        """
        resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))
        escaped('raised')
        """,
    ),
    one(
        "bind another's limits",
        """
        resource.prlimit(VICTIM, resource.RLIMIT_CPU, (1, 1))
        escaped('bound')
        """,
    ),
    one("outlive the parent", "if libc.prctl(1, 0, 0, 0, 0) == 0: escaped('unbound')"),
    one(
        "a session of its own",
        """
        os.setsid()
        escaped('session')
        """,
    ),
    one(
        "a higher priority",
        """
        os.nice(-5)
        escaped('nice')
        """,
    ),
    one("write to the kernel's log", "escaped(call(103, 10, 0, 0))"),
    one(
        "set the clock",
        """
        time.clock_settime(time.CLOCK_REALTIME, time.time())
        escaped('set')
        """,
    ),
    one("load a kernel module", "escaped(call(313, 0, b'', 0))"),
    one(
        "reboot",
        """
        call(169, 0xfee1dead, 672274793, 0x1234567, None)
        escaped('reboot')
        """,
    ),
]
