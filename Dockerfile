# The portal for production: assets are built in one stage, run by an unprivileged user in another.
FROM node:24-bookworm-slim AS front
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY scripts/build_frontend.mjs scripts/
COPY static/src static/src
RUN npm run build

FROM python:3.12-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
# PostgreSQL's client programs for `manage.py backup` and `restore`, of the server's version.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-common \
 && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
 && apt-get install --yes --no-install-recommends postgresql-client-18 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app portal
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
COPY . .
COPY --from=front /app/static/dist static/dist
# Static files are named by their content; the command needs settings, not servers.
RUN PORTAL_MODE=production SECRET_KEY=only-while-building-this-image-and-never-afterwards-at-all ALLOWED_HOSTS=localhost \
    PORTAL_URL=https://localhost DATABASE_URL=postgres://x:x@127.0.0.1:1/x \
    REDIS_URL=redis://127.0.0.1:1/0 EMAIL_URL=smtp://127.0.0.1:1 \
    FILES_KEYS=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    python manage.py collectstatic --noinput \
 && mkdir -p var && chown portal var
USER portal
EXPOSE 8000
CMD ["gunicorn", "safeguarding_portal.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--no-control-socket"]
