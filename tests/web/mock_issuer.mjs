// An OpenID Connect issuer for the sign-in test: lets everybody in as `handle`, and is strict about
// PKCE (RFC 7636) and the redirect. The first token of each sign-in is nearly over; the refresh
// token that comes with it gives a longer one.
import { createHash, randomBytes } from "node:crypto";
import http from "node:http";

export async function startIssuer(handle) {
  const codes = new Map(); // code -> {challenge, redirect}
  const tokens = new Map(); // access token -> handle
  const refreshes = new Set();
  const grant = (response, more) => {
    const token = randomBytes(16).toString("hex");
    tokens.set(token, handle);
    response.end(JSON.stringify({ access_token: token, token_type: "Bearer", ...more }));
  };
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, issuer.url);
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("content-type", "application/json");
    if (url.pathname === "/.well-known/openid-configuration") {
      response.end(
        JSON.stringify({
          issuer: issuer.url,
          authorization_endpoint: `${issuer.url}/authorize`,
          token_endpoint: `${issuer.url}/token`,
        }),
      );
    } else if (url.pathname === "/authorize") {
      const asked = url.searchParams;
      const back = new URL(asked.get("redirect_uri"));
      if (asked.get("code_challenge_method") !== "S256" || asked.get("response_type") !== "code") {
        back.searchParams.set("error", "invalid_request");
      } else {
        const code = randomBytes(9).toString("hex");
        codes.set(code, { challenge: asked.get("code_challenge"), redirect: String(back) });
        back.searchParams.set("code", code);
      }
      back.searchParams.set("state", asked.get("state"));
      response.writeHead(302, { location: String(back) }).end();
    } else if (url.pathname === "/token") {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      const form = new URLSearchParams(Buffer.concat(pieces).toString());
      if (form.get("grant_type") === "refresh_token" && refreshes.delete(form.get("refresh_token"))) {
        issuer.renewals++;
        grant(response, { expires_in: 3600 });
        return;
      }
      const known = codes.get(form.get("code"));
      codes.delete(form.get("code"));
      const digest = createHash("sha256").update(form.get("code_verifier") ?? "");
      const isRight =
        known &&
        form.get("redirect_uri") === known.redirect &&
        digest.digest("base64url") === known.challenge;
      if (!isRight) {
        response.writeHead(400).end(JSON.stringify({ error: "invalid_grant" }));
        return;
      }
      const refresh_token = randomBytes(16).toString("hex");
      refreshes.add(refresh_token);
      grant(response, { expires_in: 61, refresh_token });
    } else response.writeHead(404).end("{}");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = {
    url: `http://127.0.0.1:${server.address().port}`,
    renewals: 0,
    handleOf: (token) => tokens.get(token),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return issuer;
}
