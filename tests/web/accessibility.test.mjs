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
  test(`${screen.name}: axe finds nothing to mend in light and in dark`, async () => {
    people ??= await scene();
    const page = await screen.open(people, { colorScheme: "light", viewport: WIDE });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await screenshot(page, `${screen.name}-${colorScheme}`);
      assert.deepEqual(await violations(page), [], colorScheme);
    }
  });
  if (!screen.phone) continue;
  test(`${screen.name}: axe finds nothing to mend at a phone's width`, async () => {
    people ??= await scene();
    const options = { colorScheme: "light", viewport: PHONE, hasTouch: true, isMobile: true };
    const page = await screen.open(people, options);
    await screenshot(page, `${screen.name}-phone`);
    assert.deepEqual(await violations(page), []);
    assert.equal(await overflows(page), false);
  });
}
