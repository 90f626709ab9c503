# The exporter on Debian. Try it without a container engine: tests/e2e/image.sh
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      cmake \
      g++ \
      libboost-dev \
      libcli11-dev \
      libcurl4-openssl-dev \
      libexpected-dev \
      libspdlog-dev \
      libsqlite3-dev \
      libssl-dev \
      libyaml-cpp-dev \
      ninja-build \
      pkg-config \
      prometheus-cpp-dev \
      rapidjson-dev \
      zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
ARG REVISION=unknown
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY exporter exporter
RUN cmake --preset release -DIOTHUB_TESTS=OFF -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF \
      -DCMAKE_INSTALL_PREFIX=/usr -DIOTHUB_REVISION="${REVISION}" \
 && cmake --build --preset release \
 && DESTDIR=/install cmake --install build/release --strip

FROM ${BASE}
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates \
      libcurl4 \
      libprometheus-cpp-core1.0 \
      libspdlog1.10 \
      libsqlite3-0 \
      libssl3 \
      libyaml-cpp0.7 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /install/usr/bin/iothub_job_exporter /usr/bin/iothub_job_exporter
# A library that the list above lacks ends the build here.
RUN ["/usr/bin/iothub_job_exporter", "--version"]

ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="iothub_job_exporter" \
      org.opencontainers.image.description="Prometheus exporter for the jobs of Azure IoT Hub" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# For --storage.path; a named volume takes its owner from here.
RUN install -d -o 10468 -g 10468 /var/lib/iothub_job_exporter

# By number, so that Kubernetes can see that it is not root (runAsNonRoot).
USER 10468:10468
EXPOSE 10468
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s --retries=3 CMD ["/usr/bin/iothub_job_exporter", "healthcheck"]
ENTRYPOINT ["/usr/bin/iothub_job_exporter"]
CMD ["--config.file=/etc/iothub_job_exporter/exporter.yaml"]
