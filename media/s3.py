"""The store on an S3 server: MinIO, or any other. Only this module uses the SDK, which blocks: in threads.

Whatever goes wrong becomes StoreUnavailable, StoreRefused or NotFound, told without the original words:
those name hosts, keys and what an object is called, and a photo's key is a secret.
"""

import io
import logging
import re
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree.ElementTree import ParseError

import msgspec
import urllib3
from anyio import CapacityLimiter, fail_after, to_thread
from minio import Minio
from minio.error import MinioException, S3Error, ServerError
from urllib3.exceptions import HTTPError, MaxRetryError

from media.errors import NotFound, StoreRefused, StoreUnavailable, StoreUrlRefused
from media.store import KEY, Stat, check_key, next_batch

log = logging.getLogger(__name__)
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # its warnings quote the path: a secret key

SHAPE = "s3://key:secret@host:port/bucket?region=…&secure=…"
BUCKET_NAME = re.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
MARK = ".kentongan"  # no key of ours can be called so
THREADS = 8
WAIT_FOR_THREAD_S = 10.0
PAGE = 1000
ONE_PART_BYTES = 64 * 1024 * 1024  # photos are smaller: never a multipart upload that may be left half-done
REFUSALS = frozenset(
    ("AccessDenied", "AllAccessDisabled", "BucketAlreadyExists", "InvalidAccessKeyId", "SignatureDoesNotMatch")
)
# What the SDK lets through: its own errors, those of urllib3 and the socket, and of reading a strange answer.
FAULTS = (MinioException, HTTPError, OSError, ParseError, ValueError, TypeError, KeyError)

Answer = TypeVar("Answer")


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """Where, and as whom."""

    endpoint: str
    name: str
    key: str
    secret: str
    region: str = "us-east-1"
    secure: bool = True

    def __repr__(self) -> str:
        return f"<bucket {self.name}>"


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """The SDK's own is 5 times 300 s. `retries` are for a connection that broke, or a 5xx."""

    connect_s: float = 2.0
    read_s: float = 15.0
    retries: int = 1


def read_url(url: str) -> Bucket:
    """Raises StoreUrlRefused."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    name = parts.path.strip("/")
    try:
        endpoint = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        endpoint = None
    is_whole = parts.scheme == "s3" and endpoint and parts.username and parts.password and BUCKET_NAME.fullmatch(name)
    if not is_whole or options.keys() - {"region", "secure"} or options.get("secure", "true") not in ("true", "false"):
        raise StoreUrlRefused(parts.scheme, SHAPE)
    return Bucket(
        endpoint=str(endpoint),
        name=name,
        key=unquote(str(parts.username)),
        secret=unquote(str(parts.password)),
        region=options.get("region", "us-east-1"),
        secure=options.get("secure", "true") == "true",
    )


def open_s3(url: str, patience: Patience | None = None) -> "S3Store":
    """Raises StoreUrlRefused, and StoreRefused when the bucket is not for us. A server that is away is
    none of these: reports come in without it, and the bucket is looked at again before the first use."""
    store = S3Store(read_url(url), patience or Patience())
    try:
        store.prepare()
    except StoreRefused:
        raise
    except StoreUnavailable as error:
        log.warning("photos wait for the store: bucket=%s cause=%s", store.bucket.name, error.cause)
    return store


class S3Store:
    def __init__(self, bucket: Bucket, patience: Patience) -> None:
        """Raises StoreUrlRefused for a name that no server accepts."""
        self.bucket = bucket
        self.limiter = CapacityLimiter(THREADS)
        self.lock = threading.Lock()
        self.is_prepared = False
        try:
            self.client = Minio(
                endpoint=bucket.endpoint,
                access_key=bucket.key,
                secret_key=bucket.secret,
                secure=bucket.secure,
                region=bucket.region,
                http_client=_pool(bucket, patience),
            )
        except ValueError:
            raise StoreUrlRefused("s3", SHAPE) from None

    def prepare(self) -> None:
        """Blocks. Makes the bucket and marks it as ours; an unmarked one with something in it is not."""
        with self.lock, _told_by_us(""):
            if not self.is_prepared:
                self._make_bucket()
                self._mark()
                self.is_prepared = True

    def _make_bucket(self) -> None:
        if not self.client.bucket_exists(self.bucket.name):
            try:
                self.client.make_bucket(self.bucket.name, self.bucket.region)
            except S3Error as error:
                if error.code != "BucketAlreadyOwnedByYou":  # the other process was first
                    raise

    def _mark(self) -> None:
        """The content is looked at before the mark: another process marks first and puts photos then."""
        content = next(iter(self.client.list_objects(self.bucket.name)), None)
        if self._stat(MARK) is not None:
            return
        if content is not None:
            raise StoreRefused(f"bucket {self.bucket.name} holds something else already (it has no {MARK})")
        self._put(MARK, b"photos of Kentongan; nothing else may be kept in this bucket\n")

    async def put(self, key: str, content: bytes) -> None:
        await self._run(key, partial(self._put, key, content))

    def _put(self, key: str, content: bytes) -> None:
        self.client.put_object(
            self.bucket.name, key, io.BytesIO(content), len(content), part_size=ONE_PART_BYTES, num_parallel_uploads=1
        )

    async def get(self, key: str) -> bytes:
        return await self._run(key, partial(self._get, key))

    def _get(self, key: str) -> bytes:
        """A connection cut within the headers looks to http.client like a whole answer without a length."""
        response = self.client.get_object(self.bucket.name, key)
        try:
            content = bytes(response.read())
            if response.headers.get("content-length") != str(len(content)):
                raise ValueError("cut off")
            return content
        finally:
            response.close()
            response.release_conn()

    async def stat(self, key: str) -> Stat | None:
        return await self._run(key, partial(self._stat, key))

    def _stat(self, key: str) -> Stat | None:
        try:
            found = self.client.stat_object(self.bucket.name, key)
        except S3Error as error:
            if error.code == "NoSuchKey":
                return None
            raise
        if found.size is None or found.last_modified is None:
            raise ValueError("an object without size and age")
        return Stat(size=found.size, stored_at=found.last_modified.astimezone(UTC))

    async def delete(self, key: str) -> None:
        await self._run(key, partial(self.client.remove_object, self.bucket.name, key))

    async def walk(self, prefix: str = "") -> AsyncIterator[str]:
        keys = self._keys(prefix)
        while batch := await self._run(None, partial(next_batch, keys, PAGE)):
            for key in batch:
                yield key

    def _keys(self, prefix: str) -> Iterator[str]:
        for found in self.client.list_objects(self.bucket.name, prefix=prefix, recursive=True):
            if found.object_name and KEY.fullmatch(found.object_name):
                yield found.object_name

    async def _run(self, key: str | None, act: Callable[[], Answer]) -> Answer:
        """The limit is for waiting until a thread is free: one that has begun is waited for to its end."""
        if key is not None:
            check_key(key)
        try:
            with fail_after(WAIT_FOR_THREAD_S):
                return await to_thread.run_sync(partial(self._act, key or "", act), limiter=self.limiter)
        except TimeoutError:
            raise StoreUnavailable("every thread waits for it") from None

    def _act(self, key: str, act: Callable[[], Answer]) -> Answer:
        if not self.is_prepared:
            self.prepare()
        with _told_by_us(key):
            return act()


def _pool(bucket: Bucket, patience: Patience) -> urllib3.PoolManager:
    """With the machine's certificate authorities, where a city's own are."""
    retry = urllib3.Retry(total=patience.retries, redirect=0, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504))
    timeout = urllib3.Timeout(connect=patience.connect_s, read=patience.read_s)
    authorities = ssl.create_default_context() if bucket.secure else None
    return urllib3.PoolManager(maxsize=THREADS, timeout=timeout, retries=retry, ssl_context=authorities)


@contextmanager
def _told_by_us(key: str) -> Iterator[None]:
    """Without the error's own words, and without the error in the chain that a log would print."""
    try:
        yield
    except S3Error as error:
        if error.code == "NoSuchKey":
            raise NotFound(key) from None
        if error.code in REFUSALS:
            raise StoreRefused(f"{error.code}: a wrong key or secret, or somebody else's bucket") from None
        raise StoreUnavailable(error.code or "an error without a code") from None
    except FAULTS as error:
        raise StoreUnavailable(_cause(error)) from None


def _cause(error: Exception) -> str:
    if isinstance(error, ServerError):
        return f"HTTP {error.status_code}"
    return type(error.reason if isinstance(error, MaxRetryError) and error.reason else error).__name__
