"""The guard on every fetch: which addresses may be reached at all, and connections that go to the address that was checked.

A library is filled from addresses that others write (links, redirects, DNS answers). None of them may lead this program to
a router, a cloud's metadata service or a printer: only public addresses are reached, and hosts the operator names.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import httpcore
import httpx

from corpus.errors import ReadError

_PORTS = {"http": 80, "https": 443}
# On networks with IPv6 only, this prefix stands before the IPv4 address that is really meant: RFC 6052.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# What the standard library of Python 3.11 takes for public, and is not.
_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # for protocols, not hosts (RFC 6890); one cloud's metadata service is there
            "168.63.129.16/32",  # another cloud's services, answered by the machine's own host
            "192.88.99.0/24",  # relays of 6to4, which wrap an IPv4 address and have been switched off (RFC 7526)
            "2002::/16",
            "3fff::/20",  # for documentation (RFC 9637)
        ),
    )
)


class AddressRefusedError(ReadError):
    """An address that the guard does not let this program reach."""


def is_public(address: str) -> bool:
    """Whether the numeric `address` is one of the public internet: not private, local, shared, multicast or reserved."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip in _NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if any(ip in network for network in _NOT_PUBLIC) or (isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local)


def resolve(host: str, port: int) -> list[str]:
    """The numeric addresses of `host`, as the system's resolver gives them. Raises `OSError`."""
    return list(dict.fromkeys(str(answer[4][0]) for answer in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def host_names(names: Iterable[str]) -> frozenset[str]:
    """`names` of hosts as they are compared: lower case, without brackets or a final full stop, in ASCII."""
    return frozenset(map(_host_name, names))


def _host_name(name: str) -> str:
    name = name.strip().strip("[]").rstrip(".").lower()
    try:
        return name if name.isascii() else httpx.URL(f"http://{name}/").raw_host.decode("ascii")
    except httpx.InvalidURL:
        return name


def check_url(url: httpx.URL, allowed_hosts: frozenset[str] = frozenset()) -> None:
    """Raise `AddressRefusedError` for what no web page's address needs: another scheme, a password, an unusual port."""
    shown = str(url.copy_with(userinfo=b""))
    if url.scheme not in _PORTS:
        raise AddressRefusedError(
            f"the scheme {url.scheme or 'of this address'!r} is not read", shown, "Give an http or https address"
        )
    if url.userinfo:
        raise AddressRefusedError(
            "a user name or password in an address is not sent", shown, "Save the page to a file and add the file"
        )
    if url.port not in (None, *_PORTS.values()) and _host_name(url.raw_host.decode()) not in allowed_hosts:
        raise AddressRefusedError(f"port {url.port} is not a web site's", shown, f"{_remedy(url.host)}")


def checked_addresses(host: str, port: int, allowed_hosts: frozenset[str] = frozenset()) -> list[str]:
    """The numeric addresses to connect to for `host`. Raises `AddressRefusedError` where one of them is not public: a private
    answer among public ones is how a name is made to change under the feet of a check. Raises `OSError` where there are none.
    """
    addresses = resolve(host, port)
    if _host_name(host) not in allowed_hosts:
        for address in addresses:
            if not is_public(address):
                raise AddressRefusedError(f"it leads to an address that is not public ({address})", host, _remedy(host))
    return addresses


def _remedy(host: str) -> str:
    return f"If this is a server you trust, allow it by name: --allow-private {host}"


class GuardedTransport(httpx.BaseTransport):
    """An HTTP transport that checks every request's address, redirects included, and connects to what was checked.

    `deadline` (`time.monotonic`) ends every wait for the network, however slowly the other side drips; None: no end.
    Proxies named in the environment are not used: they would resolve names where no check sees them.
    """

    def __init__(self, allowed_hosts: frozenset[str] = frozenset()) -> None:
        self._allowed = host_names(allowed_hosts)
        self._network = _CheckedNetwork(self._allowed)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(), max_connections=1, keepalive_expiry=30.0, network_backend=self._network
        )

    @property
    def deadline(self) -> float | None:
        """When the request under way must be done."""
        return self._network.deadline

    @deadline.setter
    def deadline(self, moment: float | None) -> None:
        self._network.deadline = moment

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` where its address passes the checks. Raises `AddressRefusedError` and `httpx.TransportError`."""
        check_url(request.url, self._allowed)
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        with _httpx_errors():
            response = self._pool.handle_request(
                httpcore.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions)
            )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _httpx_errors():
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


@contextmanager
def _httpx_errors() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException(str(error) or "no answer in time") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise httpx.TransportError(str(error) or type(error).__name__) from error


class _CheckedNetwork(httpcore.NetworkBackend):
    """Resolves, checks and connects in one step, so that no second DNS answer can come between; Host and TLS keep the name."""

    def __init__(self, allowed_hosts: frozenset[str]) -> None:
        self.deadline: float | None = None
        self._allowed = allowed_hosts
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = checked_addresses(host, port, self._allowed)
        except (OSError, UnicodeError) as error:  # UnicodeError: a label that no host name can have
            raise httpcore.ConnectError(str(error)) from error
        failure: httpcore.NetworkError | httpcore.TimeoutException = httpcore.ConnectError("the name has no address")
        for address in addresses:
            try:
                stream = self._sockets.connect_tcp(address, port, self.remaining(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self)
        raise failure

    def remaining(self, timeout: float | None) -> float | None:
        """`timeout`, or less where the deadline comes first. Raises `httpcore.ReadTimeout` past the deadline."""
        if self.deadline is None:
            return timeout
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer takes too long")
        return left if timeout is None else min(timeout, left)


class _TimedStream(httpcore.NetworkStream):
    """A connection each of whose waits ends with the deadline of the network it belongs to."""

    def __init__(self, stream: httpcore.NetworkStream, network: _CheckedNetwork) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.remaining(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._network.remaining(timeout))
        return _TimedStream(stream, self._network)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
