# syntax=docker/dockerfile:1
# The API by default; the worker and the command line tool by another command: docker-compose.yml shows them.

FROM node:24-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS build
RUN npm ci
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY scripts scripts
COPY openapi openapi
COPY migrations migrations
COPY src src
RUN npm run build

FROM base AS packages
RUN npm ci --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY LICENSE package.json ./
COPY openapi openapi
COPY scripts scripts
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
# What LinkTime writes goes there and nowhere else, so the rest may be read-only.
RUN install -d -o node -g node -m 700 /data
VOLUME /data
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Not npm, which would stand between Docker's signals and the server.
CMD ["node", "dist/src/main.js"]
