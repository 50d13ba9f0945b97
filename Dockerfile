# The programs of Delta CI in one image; docker-compose.yml says which one a container is.
FROM debian:12.11-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
    g++ cmake ninja-build pkg-config libboost-dev libboost-fiber-dev libboost-context-dev \
    libyaml-cpp-dev nlohmann-json3-dev libcli11-dev nettle-dev libpqxx-dev libhiredis-dev \
    libcurl4-openssl-dev libssl-dev libjemalloc-dev libhowardhinnant-date-dev libjs-chart.js \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cmake --preset release -DBUILD_TESTING=OFF \
  && cmake --build build/release --target delta-orchestrator delta-runner delta \
  && cd build/release && strip delta-orchestrator delta-runner delta

FROM debian:12.11-slim
# What the programs are linked to, and the certificates that TLS trusts.
RUN apt-get update && apt-get install -y --no-install-recommends \
    ca-certificates libcurl4 libdate-tz3 libhiredis0.14 libnettle8 libpqxx-6.4 libssl3 \
    libyaml-cpp0.7 tzdata \
    && rm -rf /var/lib/apt/lists/*
# New volumes take the owner of the folder that they cover.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin delta \
  && install -d -o delta -g delta -m 0750 /srv/delta/artifacts /var/tmp/delta-runner
COPY --from=build /src/build/release/delta-orchestrator /src/build/release/delta-runner \
  /src/build/release/delta /usr/local/bin/
COPY LICENSE /usr/share/doc/delta/
USER 10001:10001
EXPOSE 8080
# Shows what there is; a service names its program.
CMD ["delta-orchestrator", "--help"]
