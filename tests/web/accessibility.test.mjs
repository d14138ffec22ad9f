// Every screen, in light and dark and at a phone's width, without a violation that axe knows of.
// PARLEY_SCREENSHOTS=DIR leaves a picture of each.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { afterEach, test } from "node:test";
import { closeWindows, PHONE, screenshot, WIDE } from "./harness.mjs";
import { scene, SCREENS } from "./screens.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Rule, and the elements that break it. The script goes in by the debugger, past the page's
 *  Content-Security-Policy. */
async function violations(page) {
  const result = await page.evaluate(`${axe}; axe.run(document, {
    resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  })`);
  return result.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join(" | ")}`,
  );
}

/** Content that can only be reached by scrolling sideways. */
const overflows = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

let people;
afterEach(closeWindows);

for (const screen of SCREENS) {
  for (const [look, options] of Object.entries({
    light: { colorScheme: "light", viewport: WIDE },
    dark: { colorScheme: "dark", viewport: WIDE },
    ...(screen.phone
      ? { phone: { colorScheme: "light", viewport: PHONE, hasTouch: true, isMobile: true } }
      : {}),
  })) {
    test(`${screen.name}, ${look}: axe finds nothing to mend`, async () => {
      people ??= await scene();
      const page = await screen.open(people, options);
      await screenshot(page, `${screen.name}-${look}`);
      assert.deepEqual(await violations(page), []);
      assert.equal(await overflows(page), false);
    });
  }
}
