"""Ways to files that are none of the program's."""

from __future__ import annotations

from tests.escape.attempt import one

FILES = [
    one("read the key file", "read(KEY)"),
    one("read the key file by raw open", "escaped(call(2, KEY.encode(), 0))"),
    one(
        "read the key file by openat2",
        """
        escaped(call(437, -100, KEY.encode(), struct.pack('QQQ', 0, 0, 0), 24))
        """,
    ),
    one("read the database", "read(DATABASE)"),
    one(
        "open the database with sqlite",
        """
        import sqlite3
        escaped(sqlite3.connect(DATABASE).execute('select 1').fetchall())
        """,
    ),
    one("read /etc/passwd", "read('/etc/passwd')"),
    one("read /etc/shadow", "read('/etc/shadow')"),
    one("list /etc", "escaped(os.listdir('/etc'))"),
    one("list other homes", "escaped(os.listdir('/home'))"),
    one("list the temporary folder", "escaped(os.listdir('/tmp'))"),
    one(
        "glob for keys",
        """
        found = glob.glob('/**/*.key', recursive=True)
        if found: escaped(found)
        """,
    ),
    one("walk up from the own folder", "escaped(os.listdir('..'))"),
    one("walk out by ../..", "read('../' * 20 + KEY.lstrip('/'))"),
    one(
        "change folder and read",
        """
        os.chdir(os.path.dirname(KEY))
        read('secret.key')
        """,
    ),
    one(
        "open the folder and read beneath it",
        """
        fd = os.open(os.path.dirname(KEY), os.O_PATH)
        escaped(os.open('secret.key', os.O_RDONLY, dir_fd=fd))
        """,
    ),
    one(
        "a symbolic link to the key",
        """
        os.symlink(KEY, 'link')
        read('link')
        """,
    ),
    one(
        "a hard link to the key",
        """
        os.link(KEY, 'link')
        read('link')
        """,
    ),
    one(
        "rename the key to here",
        """
        os.rename(KEY, 'mine')
        read('mine')
        """,
    ),
    one(
        "exchange a file with the key",
        """
        open('mine', 'w').close()
        call(316, -100, b'mine', -100, KEY.encode(), 2)
        read('mine')
        """,
    ),
    one(
        "truncate the key",
        """
        os.truncate(KEY, 0)
        escaped('truncated')
        """,
    ),
    one(
        "delete the key",
        """
        os.unlink(KEY)
        escaped('deleted')
        """,
    ),
    one(
        "make the key readable for all",
        """
        os.chmod(KEY, 0o777)
        escaped('changed')
        """,
    ),
    one(
        "give the key away",
        """
        os.chown(KEY, 65534, 65534)
        escaped('changed')
        """,
    ),
    one(
        "set the key's times",
        """
        os.utime(KEY, (0, 0))
        escaped('changed')
        """,
    ),
    one("watch the key's folder", "escaped(call(254, call(253), os.path.dirname(KEY).encode(), 0x3))"),
    one(
        "a handle of the key",
        """
        buffer = ctypes.create_string_buffer(struct.pack('Ii', 128, 0) + bytes(128))
        call(303, -100, KEY.encode(), buffer, ctypes.byref(ctypes.c_int()), 0)
        escaped('handle')
        """,
    ),
    one(
        "write outside",
        """
        open('/tmp/quantdesk-escaped', 'w').write('x')
        escaped('written')
        """,
    ),
    one(
        "write into the packages",
        """
        path = os.path.join(os.path.dirname(np.__file__), 'planted.py')
        open(path, 'w').write('x')
        escaped(path)
        """,
    ),
    one(
        "write a start-up file of Python",
        """
        path = os.path.join(os.path.dirname(os.path.dirname(np.__file__)), 'planted.pth')
        open(path, 'w').write('import os')
        escaped(path)
        """,
    ),
    one("a device of the memory", "read('/dev/mem')"),
    one(
        "a new device",
        """
        os.mknod('disk', 0o600 | 0o060000, os.makedev(8, 0))
        read('disk')
        """,
    ),
    one("the terminal", "escaped(os.open('/dev/tty', os.O_RDWR))"),
    one(
        "the console's input",
        """
        import termios
        fcntl.ioctl(0, termios.TIOCSTI, b'x')
        escaped('typed')
        """,
    ),
    one(
        "the shared memory folder",
        """
        open('/dev/shm/planted', 'w').write('x')
        escaped('written')
        """,
    ),
    one(
        "kernel settings",
        """
        open('/proc/sys/kernel/core_pattern', 'w').write('|/bin/sh')
        escaped('written')
        """,
    ),
    one("control groups", "escaped(os.listdir('/sys/fs/cgroup'))"),
    one("numpy loads a file", "escaped(np.fromfile(KEY, dtype='u1'))"),
    one("numpy maps a file", "escaped(bytes(np.memmap(KEY, mode='r')))"),
    one(
        "numpy unpickles a program",
        """
        class P:
            def __reduce__(self): return (eval, ("open('/etc/passwd').read()",))
        escaped(pickle.loads(pickle.dumps(P())))
        """,
    ),
    one(
        "a compiled library from here",
        """
        open('evil.so', 'wb').write(b'\\x7fELF')
        ctypes.CDLL('./evil.so')
        escaped('loaded')
        """,
    ),
]
