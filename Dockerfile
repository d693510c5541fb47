# Built from the repository alone: docker build -t oriel .
FROM node:22-slim AS build
WORKDIR /oriel
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:22-slim
LABEL org.opencontainers.image.title="oriel" \
      org.opencontainers.image.description="A context broker for cities: NGSIv2, embedded and durable" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /oriel
COPY --from=build /oriel/node_modules ./node_modules
COPY --from=build /oriel/dist ./dist
COPY package.json LICENSE ./
RUN ln -s /oriel/dist/cli.js /usr/local/bin/oriel && chmod +x dist/cli.js \
 && install -d -o node -g node /data
ENV NODE_ENV=production ORIEL_HOST=0.0.0.0 ORIEL_PORT=1026 ORIEL_DATA=/data
USER node
VOLUME /data
EXPOSE 1026
STOPSIGNAL SIGTERM
# Loading takes up to a minute for a million entities; until then the check may fail.
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ORIEL_PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Room for young objects: docs/operations.md says what it brings and costs.
CMD ["node", "--max-semi-space-size=64", "dist/cli.js", "start"]
