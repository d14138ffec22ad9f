// Sign-in at an OpenID Connect issuer: authorization code with PKCE (RFC 7636), found by discovery.
// The app has no secret; the code it gets back is worth nothing without the verifier kept here.
import { Problem } from "../api/problem";
import { api } from "../api/client";
import type { SignInMode } from "../api/types";
import type { Session } from "./session";

type Issuer = Extract<SignInMode, { mode: "oidc" }>;
const KEY = "parley.oidc";

interface Discovered {
  authorization_endpoint: string;
  token_endpoint: string;
}

interface Pending {
  state: string;
  verifier: string;
  returnTo: string;
}

export const callbackUrl = (): string => `${location.origin}/signed-in`;

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (char) =>
    char === "+" ? "-" : char === "/" ? "_" : "",
  );
}

const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

export async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(digest));
}

async function discover(issuer: Issuer): Promise<Discovered> {
  const url = `${issuer.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) throw new Problem("issuer", 0, "The sign-in service cannot be reached");
  return (await response.json()) as Discovered;
}

/** Leaves the app for the issuer's page. */
export async function leaveForSignIn(issuer: Issuer, returnTo: string): Promise<void> {
  if (!crypto.subtle) {
    throw new Problem("insecure", 0, "Signing in needs https, or an address of this machine");
  }
  const { authorization_endpoint } = await discover(issuer);
  const pending: Pending = { state: random(), verifier: random(), returnTo };
  sessionStorage.setItem(KEY, JSON.stringify(pending));
  const url = new URL(authorization_endpoint);
  const parameters = {
    response_type: "code",
    client_id: issuer.client_id,
    redirect_uri: callbackUrl(),
    scope: issuer.scope,
    state: pending.state,
    code_challenge: await challengeOf(pending.verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url.href);
}

async function tokens(issuer: Issuer, body: Record<string, string>): Promise<Session> {
  const { token_endpoint } = await discover(issuer);
  const response = await fetch(token_endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ client_id: issuer.client_id, ...body }).toString(),
  }).catch(() => null);
  if (!response?.ok) throw new Problem("issuer", 0, "The sign-in service did not let you in");
  return (await response.json()) as Session;
}

async function theIssuer(): Promise<Issuer> {
  const mode = await api.signInMode();
  if (mode.mode !== "oidc") throw new Problem("issuer", 0, "This server signs people in itself");
  return mode;
}

/** At the callback: what the issuer sent becomes a session, and where to go on. */
export async function arrive(
  parameters: URLSearchParams,
): Promise<{ session: Session; returnTo: string }> {
  const pending = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Pending | null;
  sessionStorage.removeItem(KEY);
  const said = parameters.get("error_description") ?? parameters.get("error");
  if (said) throw new Problem("issuer", 0, `The sign-in service says: ${said}`);
  const code = parameters.get("code");
  if (!pending || !code || parameters.get("state") !== pending.state) {
    throw new Problem("issuer", 0, "This sign-in was not begun in this tab. Try again");
  }
  const session = await tokens(await theIssuer(), {
    grant_type: "authorization_code",
    code,
    redirect_uri: callbackUrl(),
    code_verifier: pending.verifier,
  });
  return { session, returnTo: pending.returnTo };
}

export async function renew(refresh: string): Promise<Session> {
  const session = await tokens(await theIssuer(), {
    grant_type: "refresh_token",
    refresh_token: refresh,
  });
  return { refresh_token: refresh, ...session };
}
