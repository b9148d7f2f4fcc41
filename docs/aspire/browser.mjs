// A headless Chromium, spoken to over its DevTools protocol through a pipe: no package, no port.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export const chromium = () =>
  (process.env.PATH ?? '').split(delimiter).flatMap(folder => names.map(name => join(folder, name))).find(existsSync);

/** Starts a browser with one page. It resolves no name but localhost, so nothing on a page leaves this machine. */
export async function launch(width, height) {
  const program = chromium();
  if (!program) throw new Error('No chromium on the path.');
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const child = spawn(program, [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars', '--no-first-run', '--no-proxy-server',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions', '--disable-default-apps',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1', `--user-data-dir=${profile}`,
    `--window-size=${width},${height}`, '--remote-debugging-pipe', 'about:blank',
  ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = new Promise(resolve => child.once('exit', resolve));

  const waiting = new Map();
  let last = 0, rest = '';
  child.stdio[4].setEncoding('utf8').on('data', piece => {
    const parts = (rest + piece).split('\0');
    rest = parts.pop();
    for (const message of parts.map(JSON.parse)) {
      const answer = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) answer?.reject(new Error(message.error.message));
      else answer?.resolve(message.result);
    }
  });
  const send = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    child.stdio[3].write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
  });

  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const page = (method, params) => send(method, params, sessionId);
  await page('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  await page('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'light' }] });

  const evaluate = async expression => {
    const { result, exceptionDetails } = await page('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  };
  const until = async (expression, seconds = 60) => {
    for (let left = seconds * 5; left > 0; left--) {
      const value = await evaluate(expression).catch(() => null);
      if (value) return value;
      await pause(200);
    }
    throw new Error(`It never came: ${expression}`);
  };
  return {
    evaluate, until,
    open: url => page('Page.navigate', { url: String(url) }),
    /** Clicks in the middle of an element, as a hand does. */
    click: async expression => {
      const { x, y } = await until(`(() => { const e = ${expression}; if (!e) return null; e.scrollIntoView({ block: 'nearest' }); const r = e.getBoundingClientRect(); return r.width > 0 && { x: r.x + r.width / 2, y: r.y + r.height / 2 }; })()`);
      for (const type of ['mousePressed', 'mouseReleased']) await page('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
    },
    hover: (x, y) => page('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y }),
    type: text => page('Input.insertText', { text }),
    press: async key => { for (const type of ['keyDown', 'keyUp']) await page('Input.dispatchKeyEvent', { type, key, code: key, windowsVirtualKeyCode: { Enter: 13, Escape: 27, Tab: 9 }[key] }); },
    picture: async () => Buffer.from((await page('Page.captureScreenshot', { format: 'png' })).data, 'base64'),
    close: async () => {
      await send('Browser.close').catch(() => {});
      await ended;
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
