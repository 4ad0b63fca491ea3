# MinIO from its source: the official images are gone and the project is archived (docker/README.md, "Photos in an
# object store"). Its licence is AGPL-3.0; it runs here unchanged, as a program of its own.

FROM golang:1.26-bookworm AS build
# Where a Go proxy does not serve the tag: --build-arg MINIO=v0.0.0-20260212201848-7aac2a2c5b7c, the last commit.
ARG MINIO=RELEASE.2025-10-15T17-29-55Z
RUN CGO_ENABLED=0 GOBIN=/out go install -trimpath -ldflags "-s -w" github.com/minio/minio@${MINIO}

FROM debian:bookworm-slim
RUN groupadd --gid 10002 minio \
 && useradd --uid 10002 --gid 10002 --home-dir /data --no-create-home --shell /usr/sbin/nologin minio \
 && install -d -o 10002 -g 10002 -m 0750 /data
COPY --from=build /out/minio /usr/local/bin/minio
ENV MINIO_BROWSER=off
USER 10002:10002
VOLUME /data
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9000"]
CMD ["minio", "server", "--quiet", "--address", ":9000", "/data"]
