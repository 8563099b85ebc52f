# The image of the sandboxes, the stand-ins of the three systems: nothing of Koppel itself, and no part of a production installation.
#   docker build -f deploy/sandbox.Dockerfile -t koppel-sandbox:local .
# BuildKit reads sandbox.Dockerfile.dockerignore beside this file in place of .dockerignore.
FROM python:3.12-slim

ENV VIRTUAL_ENV=/opt/sandbox/.venv \
    PATH=/opt/sandbox/.venv/bin:$PATH

COPY requirements-local.txt /tmp/requirements-local.txt
RUN python -m venv "$VIRTUAL_ENV" \
 && pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
        -r /tmp/requirements-local.txt \
 && rm /tmp/requirements-local.txt

WORKDIR /opt/sandbox
COPY sandbox sandbox

RUN python -m compileall -q sandbox \
 && useradd --uid 50000 --no-create-home --shell /usr/sbin/nologin sandbox

USER sandbox
CMD ["python", "-m", "sandbox", "--help"]
