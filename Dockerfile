# The lab in a container: `make image` builds build/site, which this needs, and then this.  How to start it is in
# docker-compose.yml and docs/shipping.md.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
USER root
WORKDIR /
# Python, and what local lessons run; nothing is installed where the base has it.
RUN for each in python3 tini ps setpriv bash; do command -v "$each" >/dev/null || missing=1; done; \
    [ -z "$missing" ] || { apt-get update && apt-get install -y --no-install-recommends \
      python3 tini procps util-linux bash && rm -rf /var/lib/apt/lists/*; }
COPY build/site /opt/signal-lab
COPY scripts/signal-lab-in-container /usr/local/bin/signal-lab
RUN signal-lab --version && mkdir -p /data
ENV SIGNAL_LAB_DATA=/data PYTHONUNBUFFERED=1
VOLUME /data
# No lab touches what is protected: neither this image nor its containers.
LABEL dev.signal-lab.protect=true dev.signal-lab.image=lab org.opencontainers.image.title="Signal Lab" org.opencontainers.image.licenses=MIT
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=20s --retries=3 CMD ["signal-lab", "healthcheck"]
ENTRYPOINT ["tini", "-s", "--", "signal-lab"]
CMD ["serve"]
