FROM python:3.12-slim

RUN useradd --system --create-home --uid 10001 haidang \
    && mkdir /data && chown haidang /data
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY knowledge knowledge
COPY bot bot
RUN pip install --no-cache-dir .

USER haidang
ENV HAIDANG_DATA_DIR=/data HAIDANG_HTTP=0.0.0.0:8080 PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
CMD ["haidang", "run"]
