// Makes docs/viewer.png, the picture of the viewer in README: node tools/make_viewer_picture.mjs [POSTERN]
// Needs what the browser tests need (npm ci in tests/browser).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { view, browser } from '../tests/view/viewer.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'postern-picture-'));
const v = await view(process.argv[2] ?? path.join(root, 'build/src/cli/postern'), path.join(root, 'samples/ie-ms04-013.mht'), { options: ['--keep'], env: { HOME: home } });
const b = await browser(), page = await (await b.newContext({ viewport: { width: 960, height: 620 }, locale: 'en-GB', timezoneId: 'UTC' })).newPage();
await page.goto(v.url);
await page.waitForFunction(() => !document.getElementById('findings').hidden);
await page.waitForTimeout(500);
await page.screenshot({ path: path.join(root, 'docs/viewer.png') });
await b.close();
await v.stop();
fs.rmSync(home, { recursive: true, force: true });
process.exit(0);
