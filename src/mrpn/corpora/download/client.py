"""HTTP for downloads, by urllib3: connections, redirects, and which failures may pass."""

import json
import re
import ssl
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from http.client import responses
from importlib.metadata import version
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from pydantic import BaseModel, ValidationError
from urllib3.exceptions import HTTPError, InvalidHeader, LocationValueError, SSLError

from mrpn.common.config import describe
from mrpn.corpora.download.errors import DownloadError, PassingError, RefusedError, StoppedError
from mrpn.corpora.download.patience import Patience

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

_AGENT = f"mrpn/{version('mrpn')}"
_BLOCK = 2**20
_MOST_TEXT = 64 * 2**20
_MOST_REDIRECTS = 5
_SHORT = 2**16
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_PAUSING = frozenset({429, 503})
_PRIVATE = frozenset({"authorization", "cookie", "proxy-authorization"})


class Client:
    """Makes requests, follows redirects, and waits.

    Args:
        patience: see there.
        connections: kept open to one server.
        secure: refuse every address, redirects included, that is not https.
        sleep: waits that many seconds; by default until `stop` is set.
    """

    def __init__(
        self,
        patience: Patience | None = None,
        *,
        connections: int = 4,
        secure: bool = True,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.patience = patience or Patience()
        self.stop = threading.Event()
        self._sleep = sleep or self.stop.wait
        self._schemes = ("https",) if secure else ("https", "http")
        self._options: dict[str, Any] = {
            "maxsize": connections,
            "timeout": urllib3.Timeout(connect=self.patience.connect, read=self.patience.read),
        }
        self._pools: dict[str | None, urllib3.PoolManager] = {}

    @contextmanager
    def open(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        accept: Collection[int] = (200,),
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """Make one request, following redirects, and yield the answer for its body to be read.

        Raises:
            PassingError: no connection, or a status that may pass.
            RefusedError: any other status outside `accept`.
            DownloadError: an address that is not followed, or a certificate that is not trusted.
        """
        answer = self._request(method, url, dict(headers or {}), body)
        try:
            if answer.status not in accept:
                raise self._refusal(url, answer)
            yield answer
        finally:
            answer.close()
            answer.release_conn()

    def read(self, answer: urllib3.BaseHTTPResponse, url: str) -> bytes:
        """Return what has come of a body, as it was sent; nothing at its end.

        Raises PassingError where it breaks off or stalls, StoppedError when all is being stopped.
        """
        if self.stop.is_set():
            raise StoppedError
        try:
            return answer.read1(_BLOCK, decode_content=False)
        except HTTPError as error:
            raise PassingError(f"{shown(url)}: broke off ({_brief(error)})") from error

    def json(
        self,
        model: type[M],
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> M:
        """Return what a server answers, checked; DownloadError once patience is at its end."""

        def attempt() -> M:
            content = bytearray()
            with self.open(method, url, headers, body) as answer:
                while block := self.read(answer, url):
                    content += block
                    if len(content) > _MOST_TEXT:
                        raise DownloadError(f"{shown(url)}: answers more than {_MOST_TEXT} bytes")
            try:
                return model.model_validate_json(bytes(content))
            except ValidationError as error:
                raise PassingError(
                    f"{shown(url)}: not the answer expected: {describe(error)}"
                ) from error

        return self.patiently(attempt)

    def patiently(self, attempt: Callable[[], T], held: Callable[[], int] = lambda: 0) -> T:
        """Return what `attempt` returns, tried again after every PassingError with patience.

        Args:
            attempt: what to try.
            held: bytes that are there already; where they grow, patience begins anew.

        Raises:
            DownloadError: patience is at its end, or as `attempt` raises.
        """
        return self.patience.try_for(attempt, held, self._pause)

    def _pause(self, seconds: float) -> None:
        self._sleep(seconds)
        if self.stop.is_set():
            raise StoppedError

    def _request(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse:
        first = url
        for _ in range(_MOST_REDIRECTS + 1):
            scheme, host = urlsplit(url).scheme, urlsplit(url).netloc
            if scheme not in self._schemes:
                raise DownloadError(
                    f"{shown(first)}: leads to {shown(url)}; only {' and '.join(self._schemes)} "
                    "addresses are followed"
                )
            try:
                answer = self._pool(scheme, host).request(
                    method,
                    url,
                    headers={
                        "User-Agent": _AGENT,
                        "Accept-Encoding": "identity",
                        **headers,
                    },
                    body=body,
                    preload_content=False,
                    decode_content=False,
                    redirect=False,
                    retries=False,
                )
                target = answer.get_redirect_location()
                if not target:
                    return answer
                # A short body is read so that the connection can be used again.
                answer.read(_SHORT, decode_content=False)
                answer.close()
            except LocationValueError as error:
                raise DownloadError(f"{shown(url)}: no address ({_brief(error)})") from error
            except HTTPError as error:
                raise self._unreachable(url, error) from error
            url = urljoin(url, target)
            if urlsplit(url).netloc != host:
                headers = {k: v for k, v in headers.items() if k.lower() not in _PRIVATE}
        raise DownloadError(f"{shown(first)}: redirected more than {_MOST_REDIRECTS} times")

    def _pool(self, scheme: str, host: str) -> urllib3.PoolManager:
        proxy = None if proxy_bypass(host) else getproxies().get(scheme)
        if proxy not in self._pools:
            self._pools[proxy] = (
                urllib3.ProxyManager(proxy, **self._options)
                if proxy
                else urllib3.PoolManager(**self._options)
            )
        return self._pools[proxy]

    def _unreachable(self, url: str, error: HTTPError) -> Exception:
        if isinstance(error, SSLError) and isinstance(error.args[0], ssl.SSLCertVerificationError):
            return DownloadError(
                f"{shown(url)}: its certificate is not trusted ({_brief(error)}); put "
                "the machine's clock and certificates right, or name yours with SSL_CERT_FILE"
            )
        return PassingError(f"{shown(url)}: cannot be reached ({_brief(error)})")

    def _refusal(self, url: str, answer: urllib3.BaseHTTPResponse) -> Exception:
        status = answer.status
        text = f"{shown(url)}: answers {status} {responses.get(status, '')}".rstrip()
        if said := _said(answer):
            text += f" ({said})"
        if status in _PASSING:
            wait = answer.headers.get("Retry-After") if status in _PAUSING else None
            return PassingError(text, None if wait is None else _seconds(wait))
        return RefusedError(f"{text}; look at that address in a browser, or try again another day")


def shown(url: str) -> str:
    """Return an address without its query, which may hold a signature."""
    return url.partition("?")[0]


def _seconds(wish: str) -> float | None:
    try:
        return urllib3.Retry(retry_after_max=10**9).parse_retry_after(wish)
    except InvalidHeader:
        return None


def _said(answer: urllib3.BaseHTTPResponse) -> str:
    """Return what a refusal says of its reason, if that is JSON with a message."""
    try:
        message = json.loads(answer.read(4096, decode_content=False))["message"]
    except (HTTPError, ValueError, KeyError, TypeError):
        return ""
    return " ".join(str(message).split())[:200]


def _brief(error: Exception) -> str:
    """Return an error's cause without the addresses of objects that urllib3 puts before it."""
    return re.sub(r"^(\(|<).*?(\)|>): ", "", " ".join(str(error).split()))[:200]
