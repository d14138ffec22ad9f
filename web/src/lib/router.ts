// Paths of the app: /, /c/ID, /settings, /signed-in. Links are plain <a href>.
import { useEffect, useState } from "preact/hooks";

export type Route =
  | { name: "home" }
  | { name: "conversation"; id: string; message?: string }
  | { name: "settings" }
  | { name: "signed-in"; parameters: URLSearchParams };

export function routeOf(path: string, search = ""): Route {
  const parameters = new URLSearchParams(search);
  const [, first, second] = path.split("/");
  if (first === "c" && second) {
    const message = parameters.get("m");
    return { name: "conversation", id: decodeURIComponent(second), ...(message ? { message } : {}) };
  }
  if (first === "settings") return { name: "settings" };
  if (first === "signed-in") return { name: "signed-in", parameters };
  return { name: "home" };
}

export const conversationPath = (id: string): string => `/c/${encodeURIComponent(id)}`;

const listeners = new Set<() => void>();
const here = (): Route => routeOf(location.pathname, location.search);

export function go(path: string, how: "push" | "replace" = "push"): void {
  if (how === "replace" || path === location.pathname + location.search) {
    history.replaceState(null, "", path);
  } else {
    history.pushState(null, "", path);
  }
  for (const listener of [...listeners]) listener();
}

export const currentRoute = here;

export function useRoute(): Route {
  const [route, setRoute] = useState(here);
  useEffect(() => {
    const changed = (): void => setRoute(here());
    listeners.add(changed);
    addEventListener("popstate", changed);
    return () => {
      listeners.delete(changed);
      removeEventListener("popstate", changed);
    };
  }, []);
  return route;
}

/** To be called once: clicks on links of the app do not load the page anew. */
export function interceptLinks(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    if (link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
    if (link.getAttribute("href")!.startsWith("#")) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
