FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY models models
COPY scheduler scheduler
COPY bot bot
RUN useradd --system bot && mkdir /data && chown bot /data
USER bot
ENV DATABASE_URL=sqlite:////data/cycle-count.db
VOLUME /data
# Socket Mode and the clock in one process; on PostgreSQL run `serve` or `run` and `python -m scheduler` apart.
CMD ["sh", "-c", "python -m bot migrate && exec python -m bot run --with-scheduler"]
