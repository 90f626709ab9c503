// Photographs pages: node shoot.js CHROMIUM PROFILE LIST VISION, where LIST is JSON of [{ url, file }, …] and VISION what Chromium
// calls an eye's deficiency, or none. Prints, for each, what the page says of its panels as one line of JSON.
import puppeteer from 'puppeteer-core';

const [, , executablePath, userDataDir, list, vision] = process.argv;

const browser = await puppeteer.launch({
  executablePath,
  userDataDir,
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--hide-scrollbars', '--force-color-profile=srgb',
  ],
});
try {
  for (const { url, file } of JSON.parse(list)) {
    const page = await browser.newPage();
    await page.setViewport({ width: 1600, height: 900 });
    await page.emulateVisionDeficiency(vision);
    const thrown = [];
    page.on('pageerror', (error) => thrown.push(`the page: ${error.message}`));
    await page.goto(url);
    await page.waitForFunction('window.drawn', { timeout: 120000 });
    const drawn = await page.evaluate('window.drawn');
    const height = await page.evaluate('document.getElementById("dashboard")?.offsetHeight ?? 900');
    await page.setViewport({ width: 1600, height });
    await page.evaluate('new Promise((done) => setTimeout(() => requestAnimationFrame(done), 500))');
    await page.screenshot({ path: file });
    console.log(JSON.stringify({ file, errors: [...drawn.errors, ...thrown], empty: drawn.empty }));
    await page.close();
  }
} finally {
  await browser.close();
}
