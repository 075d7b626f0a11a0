"""Ways to talk to anything."""

from __future__ import annotations

from tests.escape.attempt import one

NETWORK = [
    one(
        "a socket of family inet",
        """
        s = socket.socket(2, 1)
        escaped(s)
        """,
    ),
    one(
        "a socket of family inet, datagrams",
        """
        s = socket.socket(2, 2)
        escaped(s)
        """,
    ),
    one(
        "a socket of family inet, raw",
        """
        s = socket.socket(2, 3)
        escaped(s)
        """,
    ),
    one(
        "a socket of family inet6",
        """
        s = socket.socket(10, 1)
        escaped(s)
        """,
    ),
    one(
        "a socket of family unix",
        """
        s = socket.socket(1, 1)
        escaped(s)
        """,
    ),
    one(
        "a socket of family netlink",
        """
        s = socket.socket(16, 3)
        escaped(s)
        """,
    ),
    one(
        "a socket of family packet",
        """
        s = socket.socket(17, 3)
        escaped(s)
        """,
    ),
    one(
        "a socket of family vsock",
        """
        s = socket.socket(40, 1)
        escaped(s)
        """,
    ),
    one(
        "a socket of family bluetooth",
        """
        s = socket.socket(31, 3)
        escaped(s)
        """,
    ),
    one(
        "a socket of family alg",
        """
        s = socket.socket(38, 5)
        escaped(s)
        """,
    ),
    one(
        "a socket of family can",
        """
        s = socket.socket(29, 3)
        escaped(s)
        """,
    ),
    one(
        "a socket of family xdp",
        """
        s = socket.socket(44, 3)
        escaped(s)
        """,
    ),
    one("a service on loopback", "escaped(socket.create_connection(('127.0.0.1', PORT), 2).recv(10))"),
    one("a name of the internet", "escaped(socket.getaddrinfo('example.com', 80))"),
    one(
        "the product's socket",
        """
        s = socket.socket(socket.AF_UNIX)
        s.connect(SOCKET)
        escaped(s.recv(10))
        """,
    ),
    one(
        "an abstract socket",
        """
        s = socket.socket(socket.AF_UNIX)
        s.connect(ABSTRACT)
        escaped(s.recv(10))
        """,
    ),
    one("a socket by raw call", "escaped(call(41, 2, 1, 0))"),
    one("a pair of sockets", "escaped(call(53, 1, 1, 0, ctypes.create_string_buffer(8)))"),
    one(
        "listen for others",
        """
        s = socket.socket()
        s.bind(('0.0.0.0', 0))
        s.listen()
        escaped(s.getsockname())
        """,
    ),
    one(
        "urllib",
        """
        import urllib.request
        escaped(urllib.request.urlopen(f'http://127.0.0.1:{PORT}/', timeout=2).read())
        """,
    ),
    one(
        "a file of urllib",
        """
        import urllib.request
        escaped(urllib.request.urlopen('file://' + KEY).read())
        """,
    ),
    one(
        "asyncio",
        """
        import asyncio
        escaped(asyncio.run(asyncio.open_connection('127.0.0.1', PORT)))
        """,
    ),
]
