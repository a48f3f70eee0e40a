# The lab in a container: `make image` builds build/site, which this needs, and then this.  How to start it is in
# docker-compose.yml and docs/shipping.md.
ARG BASE=python:3-slim
FROM ${BASE}
USER root
WORKDIR /
# What local lessons run; nothing is installed where the base has it.
RUN missing=; for each in tini:tini ps:procps setpriv:util-linux bash:bash; do \
      command -v "${each%:*}" >/dev/null || missing="$missing ${each#*:}"; done; \
    [ -z "$missing" ] || { apt-get update && apt-get install -y --no-install-recommends $missing && \
      rm -rf /var/lib/apt/lists/*; }
COPY build/site /opt/signal-lab
COPY scripts/signal-lab-in-container /usr/local/bin/signal-lab
RUN made=$(cat /opt/signal-lab/.python); has=$(python3 -c 'import sys; print(*sys.version_info[:2], sep=".")'); \
    [ "$made" = "$has" ] || { echo "build/site is for Python $made, and this base has $has: make image BASE=..." >&2; exit 1; }; \
    signal-lab --version && mkdir -p /data
ENV SIGNAL_LAB_DATA=/data PYTHONUNBUFFERED=1
VOLUME /data
# No lab touches what is protected: neither this image nor its containers.
LABEL dev.signal-lab.protect=true dev.signal-lab.image=lab org.opencontainers.image.title="Signal Lab" org.opencontainers.image.licenses=MIT
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=20s --retries=3 CMD ["signal-lab", "healthcheck"]
ENTRYPOINT ["tini", "-s", "--", "signal-lab"]
CMD ["serve"]
