// A stand-in for Parley's port 8080: the API of docs/messaging-api.md over mock_domain.mjs, and the
// web app's built files as the binary serves them.
//
//   node tests/web/mock_server.mjs [--port 8081] [--dist build/web/dist]
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { MockDomain, Refusal } from "./mock_domain.mjs";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const COMMENT_MS = 20_000;

const cursorOf = (me, value) => Buffer.from(JSON.stringify([me, value])).toString("base64url");
function cursorValue(me, cursor) {
  try {
    const [owner, value] = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (owner === me) return value;
  } catch {
    // Not one of ours: refused below.
  }
  throw new Refusal("invalid-cursor", 422);
}

function limitOf(query) {
  const limit = Number(query.get("limit") ?? 25);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new Refusal("invalid-input", 422);
  return limit;
}

function page(me, items, query) {
  const from = query.get("cursor") ? cursorValue(me, query.get("cursor")) : 0;
  const to = from + limitOf(query);
  return {
    items: items.slice(from, to),
    ...(to < items.length ? { next: cursorOf(me, to) } : {}),
  };
}

function history(domain, me, id, query) {
  const all = domain.conversation(me, id).messages;
  const limit = limitOf(query);
  const [older, newer] = ["older", "newer"].map((name) =>
    query.get(name) ? cursorValue(me, query.get(name)) : null,
  );
  let items;
  if (newer !== null) items = all.filter((one) => one.created_at > newer).slice(0, limit);
  else if (older !== null) items = all.filter((one) => one.created_at < older).slice(-limit);
  else items = all.slice(-limit);
  const oldest = items[0]?.created_at ?? newer ?? "";
  const newest = items.at(-1)?.created_at ?? newer ?? "";
  return {
    items: items.map((one) => domain.shown(me, one)).reverse(),
    ...(all[0] && all[0].created_at < oldest ? { older: cursorOf(me, oldest) } : {}),
    ...(newest ? { newer: cursorOf(me, newest) } : {}),
  };
}

/** [method, pattern, function of ({domain, me, p (path parts), query, body})]. Gives the body, or
 *  [status, body]. */
const ROUTES = [
  ["GET", "/v1/me", ({ domain, me }) => domain.people.get(me)],
  ["PATCH", "/v1/me", ({ domain, me, body }) => domain.changeMe(me, body)],
  ["DELETE", "/v1/me", ({ domain, me }) => [202, domain.erase(me)]],
  [
    "GET",
    "/v1/me/export",
    ({ domain, me }) => ({ profile: domain.people.get(me), conversations: domain.list(me) }),
  ],
  [
    "GET",
    "/v1/me/unread",
    ({ domain, me }) => {
      const unread = domain.list(me).map((one) => one.unread);
      return {
        conversations: unread.filter(Boolean).length,
        messages: unread.reduce((sum, count) => sum + count, 0),
      };
    },
  ],
  ["GET", "/v1/users/:handle", ({ domain, p }) => domain.personByHandle(p[0])],
  [
    "GET",
    "/v1/me/blocks",
    ({ domain, me }) => ({ items: [...domain.blocks.get(me)].map((id) => domain.person(id)) }),
  ],
  ["PUT", "/v1/me/blocks/:id", ({ domain, me, p }) => [204, domain.blocks.get(me).add(p[0]) && ""]],
  [
    "DELETE",
    "/v1/me/blocks/:id",
    ({ domain, me, p }) => [204, domain.blocks.get(me).delete(p[0]) && ""],
  ],
  ["GET", "/v1/conversations", ({ domain, me, query }) => page(me, domain.list(me), query)],
  [
    "POST",
    "/v1/conversations",
    ({ domain, me, body }) => {
      const made = domain.open(me, body);
      return [made.status, made.body];
    },
  ],
  [
    "GET",
    "/v1/conversations/:id",
    ({ domain, me, p }) => domain.view(me, domain.conversation(me, p[0])),
  ],
  ["PATCH", "/v1/conversations/:id", ({ domain, me, p, body }) => domain.rename(me, p[0], body.title)],
  [
    "GET",
    "/v1/conversations/:id/members",
    ({ domain, me, p, query }) => page(me, domain.members(me, p[0]), query),
  ],
  [
    "POST",
    "/v1/conversations/:id/members",
    ({ domain, me, p, body }) => [201, domain.invite(me, p[0], body.handle)],
  ],
  [
    "PATCH",
    "/v1/conversations/:id/members/:user",
    ({ domain, me, p, body }) => domain.setRole(me, p[0], p[1], body.role),
  ],
  [
    "DELETE",
    "/v1/conversations/:id/members/:user",
    ({ domain, me, p }) => [204, domain.removeMember(me, p[0], p[1])],
  ],
  [
    "PATCH",
    "/v1/conversations/:id/settings",
    ({ domain, me, p, body }) => domain.mute(me, p[0], body.muted),
  ],
  [
    "POST",
    "/v1/conversations/:id/read",
    ({ domain, me, p, body }) => domain.markRead(me, p[0], body.message_id),
  ],
  [
    "POST",
    "/v1/conversations/:id/typing",
    ({ domain, me, p, body }) => [204, domain.typing(me, p[0], body.typing)],
  ],
  [
    "GET",
    "/v1/conversations/:id/messages",
    ({ domain, me, p, query }) => history(domain, me, p[0], query),
  ],
  [
    "POST",
    "/v1/conversations/:id/messages",
    ({ domain, me, p, body }) => {
      const sent = domain.send(me, p[0], body);
      return [sent.status, sent.body];
    },
  ],
  [
    "GET",
    "/v1/conversations/:id/messages/:m",
    ({ domain, me, p }) => domain.shown(me, domain.message(me, p[0], p[1])),
  ],
  [
    "PATCH",
    "/v1/conversations/:id/messages/:m",
    ({ domain, me, p, body }) => domain.edit(me, p[0], p[1], body.text),
  ],
  [
    "DELETE",
    "/v1/conversations/:id/messages/:m",
    ({ domain, me, p }) => domain.removeMessage(me, p[0], p[1]),
  ],
  [
    "PUT",
    "/v1/conversations/:id/messages/:m/reactions/:emoji",
    ({ domain, me, p }) => domain.react(me, p[0], p[1], p[2], true),
  ],
  [
    "DELETE",
    "/v1/conversations/:id/messages/:m/reactions/:emoji",
    ({ domain, me, p }) => domain.react(me, p[0], p[1], p[2], false),
  ],
].map(([method, pattern, run]) => ({
  method,
  pattern: new RegExp(`^${pattern.replace(/:\w+/g, "([^/]+)")}$`),
  run,
}));

function json(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(status === 204 ? "" : JSON.stringify(body ?? {}));
}

function problem(response, { type, status, detail }) {
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ type: `/problems/${type}`, title: type, status, detail }));
}

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return pieces.length ? JSON.parse(Buffer.concat(pieces).toString()) : {};
}

function serveFile(response, dist, policy, url) {
  const isFile = path.basename(url).includes(".");
  const file = path.join(dist, isFile ? path.normalize(url) : "index.html");
  if (!fs.existsSync(file)) return problem(response, new Refusal("not-found", 404));
  const type = TYPES[path.extname(file)] ?? "image/svg+xml";
  response.writeHead(200, {
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": policy,
    "cache-control": "no-cache",
  });
  return response.end(fs.readFileSync(file));
}

function stream(domain, me, request, response) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const write = (type, data, id) =>
    response.write(
      `${id ? `id: ${id}\n` : ""}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  const disconnect = domain.connect(me, request.headers["last-event-id"], write);
  const comments = setInterval(() => response.write(": still here\n\n"), COMMENT_MS);
  response.on("close", () => {
    clearInterval(comments);
    disconnect();
  });
}

function serveOpen(domain, oidc, request, response, url, body) {
  const route = `${request.method} ${url.pathname}`;
  if (route === "GET /health") return json(response, 200, { status: "ok" });
  if (route === "GET /v1/sign-in") {
    return json(response, 200, oidc ? { mode: "oidc", ...oidc.settings } : { mode: "local" });
  }
  if (url.pathname.startsWith("/v1/sign-in") && oidc) throw new Refusal("not-here", 404);
  if (route === "GET /v1/sign-in/people") {
    const items = [...domain.people.keys()].slice(0, 6).map((id) => domain.person(id));
    return json(response, 200, { items });
  }
  if (route === "POST /v1/sign-in") {
    return json(response, 200, domain.signIn(body.handle, body.display_name));
  }
  return false;
}

async function serveApi(domain, oidc, request, response, url) {
  const body = await bodyOf(request);
  if (serveOpen(domain, oidc, request, response, url, body) !== false) return;
  const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  const me = domain.tokens.get(token) ?? oidc?.userOf(domain, token);
  if (!me) throw new Refusal("unauthenticated", 401);
  if (url.pathname === "/v1/events") {
    stream(domain, me, request, response);
    return;
  }
  const route = ROUTES.find(
    ({ method, pattern }) => method === request.method && pattern.test(url.pathname),
  );
  if (!route) throw new Refusal("not-found", 404);
  const p = route.pattern.exec(url.pathname).slice(1).map(decodeURIComponent);
  const result = route.run({ domain, me, p, query: url.searchParams, body });
  if (Array.isArray(result)) json(response, result[0], result[1]);
  else json(response, 200, result);
}

/** `oidc`: {settings: {issuer, client_id, scope}, userOf(domain, token)}, for sign-in elsewhere. */
export async function startMock({ dist, port = 0, oidc = null }) {
  const domain = new MockDomain();
  let policy = fs
    .readFileSync(path.join(ROOT, "web", "content-security-policy.txt"), "utf8")
    .trim();
  if (oidc) {
    const { origin } = new URL(oidc.settings.issuer);
    policy = policy.replace("connect-src 'self'", `connect-src 'self' ${origin}`);
  }
  const server = http.createServer(async (request, response) => {
    try {
      const url = new URL(request.url, "http://localhost");
      if (/^\/(v1\/|health$)/.test(url.pathname)) {
        await serveApi(domain, oidc, request, response, url);
      } else serveFile(response, dist, policy, url.pathname);
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error);
      problem(response, error instanceof Refusal ? error : new Refusal("internal", 500));
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    domain,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Two people in conversation, as `make run` begins. */
export function seedDemo(domain) {
  const ada = domain.addPerson("ada", "Ada Lovelace");
  const grace = domain.addPerson("grace", "Grace Hopper");
  const { conversation } = domain.openDirect(ada, "grace");
  domain.send(grace, conversation.id, { text: "Have you seen the new compiler?" });
  domain.send(ada, conversation.id, { text: "Not yet. Does it weave algebraic patterns?" });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
  };
  const mock = await startMock({
    port: Number(option("port", 8081)),
    dist: path.resolve(option("dist", path.join(ROOT, "build", "web", "dist"))),
  });
  seedDemo(mock.domain);
  console.log(`the mock server listens at ${mock.url}`);
}
