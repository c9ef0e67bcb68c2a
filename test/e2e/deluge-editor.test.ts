import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findings as accessibility } from '../support/axe.ts';
import { type EditorPage, startEditorPage } from '../support/editor-page.ts';

/** Set it to a folder to keep pictures. */
const PICTURES = process.env['LATCHKEY_PICTURES'];

const editorOf = (page: Page): Locator => page.locator('.cm-content');
const textOf = (page: Page): Promise<string> => page.getByTestId('text').evaluate((one) => one.textContent ?? '');

/** Rests on a connection's name until its card is there: the places are known a moment after the script was read. */
const showCard = async (page: Page): Promise<Locator> => {
  const card = page.locator('.cm-connection-card');
  const name = editorOf(page).locator('span', { hasText: '"books_admin"' }).first();
  await expect
    .poll(
      async () => {
        await page.mouse.move(1, 1);
        await name.hover();
        await page.waitForTimeout(400);
        return card.isVisible();
      },
      { timeout: 10_000 },
    )
    .toBe(true);
  return card;
};

describe('the script editor', () => {
  let host: EditorPage;
  const complaints: string[] = [];

  const open = async (text?: string): Promise<Page> => {
    const page = await host.context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => void complaints.push(String(error)));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
    await page.goto(`${host.url}${text === undefined ? '' : `?text=${encodeURIComponent(text)}`}`);
    await editorOf(page).waitFor();
    return page;
  };

  beforeAll(async () => {
    host = await startEditorPage();
  });
  afterAll(() => host.close());

  it('highlights a script with the colours of the theme', async () => {
    const page = await open();
    const colour = (selector: string, word: string): Promise<string> =>
      editorOf(page)
        .locator(selector, { hasText: word })
        .first()
        .evaluate((one) => getComputedStyle(one).color);
    const token = (name: string): Promise<string> =>
      page.evaluate((custom) => {
        const probe = document.createElement('span');
        probe.style.color = `var(${custom})`;
        document.body.append(probe);
        const { color } = getComputedStyle(probe);
        probe.remove();
        return color;
      }, name);
    expect(await colour('span', 'invokeurl')).toBe(await token('--dev'));
    expect(await colour('span', '"books_admin"')).toBe(await token('--ok'));
    expect(await colour('span', '// Tells')).toBe(await token('--muted'));
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await colour('span', 'invokeurl')).toBe(await token('--dev'));
    await page.close();
  });

  it('is a named text field with a description, and its label leads to it', async () => {
    const page = await open();
    await page.locator('label').click();
    const field = page.getByRole('textbox', { name: 'Deluge script' });
    expect(await field.evaluate((one) => one === (one.getRootNode() as ShadowRoot).activeElement)).toBe(true);
    const snapshot = await page.locator('main').ariaSnapshot();
    expect(snapshot).toContain('textbox "Deluge script"');
    const description = await field.evaluate((one) => {
      const root = one.getRootNode() as ShadowRoot;
      return root.getElementById(one.getAttribute('aria-describedby') ?? '')?.textContent;
    });
    expect(description).toMatch(/Runs when a property is sold\..*Esc, then Tab/);
    await page.close();
  });

  it('completes link names, keys, methods and tasks', async () => {
    const page = await open('x = invokeurl\n[\n\turl: "https://a.example"\n\t\n];\n');
    await editorOf(page).click();
    await page.keyboard.press('Control+Home');
    for (let line = 0; line < 3; line += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.keyboard.type('conn');
    await page.getByRole('option', { name: /^connection/ }).waitFor();
    // The list takes no key until a person could have seen it.
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    await page.keyboard.type('"');
    const offered = page.getByRole('listbox').getByRole('option');
    await offered.filter({ hasText: 'books_admin' }).waitFor();
    expect((await offered.allTextContents()).some((one) => one.includes('other_app'))).toBe(false);
    await page.keyboard.type('boo');
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    expect(await textOf(page)).toContain('\tconnection: "books_admin"\n');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('y = x.toU');
    await page.getByRole('option', { name: /^toUpperCase/ }).waitFor();
    await page.getByText('The text in capital letters.').waitFor();
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    await page.keyboard.type('(');
    await page.keyboard.press('End');
    await page.keyboard.type(';');
    await page.keyboard.press('Enter');
    await page.keyboard.type('z = zoho.books.getTemp');
    await page.getByRole('option', { name: /^getTemplates/ }).waitFor();
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    await page.keyboard.type('("invoices", "1", ');
    await page.getByRole('option', { name: /^sheet_user/ }).waitFor();
    await page.waitForTimeout(150);
    await page.keyboard.type('sh');
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    expect(await textOf(page)).toContain('z = zoho.books.getTemplates("invoices", "1", "sheet_user")');
    expect(await textOf(page)).toContain('y = x.toUpperCase();');
    await page.close();
  });

  it('R53 marks what is wrong, in the script, in the margin and in words that lead there', async () => {
    const page = await open(
      'x = invokeurl [ url: "u" connection: "nobody" ];\ny = invokeurl [ url: "u" connection: "other_app" ];\nz = invokeurl [ url: "u" connection: "sms_" + kind ];\nw = “curly”;\nv = Orders[ID == 1];\n',
    );
    const marks = page.locator('.script-marks li');
    await marks.first().waitFor();
    expect(await marks.allInnerTexts()).toEqual([
      '▲ Error line 1: no connection here has the link name nobody',
      '▲ Error line 2: Another’s books belongs to another application',
      '● Warning line 3: only a run knows which connection this is: "sms_" + kind',
      '▲ Error line 4: curly quotes are no quotes in Deluge: use " instead',
      '○ Good to know line 5: fetching entries of a form is not supported: a run stops here',
    ]);
    expect(await page.locator('.cm-lintRange-error').count()).toBe(3);
    const sign = (kind: string): Promise<string> =>
      page
        .locator(`.cm-lint-marker-${kind}`)
        .first()
        .evaluate((one) => getComputedStyle(one, '::before').content);
    expect([await sign('error'), await sign('warning'), await sign('info')]).toEqual(['"▲"', '"●"', '"○"']);
    await marks.nth(1).getByRole('button').click();
    await expect.poll(() => page.locator('.cm-activeLine').textContent()).toContain('other_app');
    // Without connections the marks are made anew.
    await page.getByRole('button', { name: 'Take the connections away' }).click();
    await page.getByText('line 2: no connection here has the link name other_app').waitFor();
    await page.close();
  });

  it('shows a connection under the pointer and at the cursor, and goes to it', async () => {
    const page = await open();
    const name = editorOf(page).locator('span', { hasText: '"books_admin"' }).first();
    const card = await showCard(page);
    expect(await card.textContent()).toMatch(
      /Books for the agency[\s\S]*Admin[\s\S]*Connected until 24 Nov 2026[\s\S]*dana@estate\.example/,
    );
    await editorOf(page).focus();
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'hidden' });
    await name.click({ modifiers: ['Control'] });
    await expect.poll(() => page.getByTestId('opened').textContent()).toBe('books_admin');
    await name.click();
    await page.getByRole('status').filter({ hasText: 'Books for the agency, Admin.' }).waitFor();
    await page.keyboard.press('Alt+Enter');
    await expect.poll(() => page.getByTestId('opened').textContent()).toBe('books_admin books_admin');
    await page.getByRole('button', { name: 'Open the connection' }).click();
    await expect.poll(() => page.getByTestId('opened').textContent()).toBe('books_admin books_admin books_admin');
    await page.close();
  });

  it('renames a connection after showing the lines that change', async () => {
    const page = await open();
    await editorOf(page).locator('span', { hasText: '"books_admin"' }).first().click();
    await page.getByRole('status').filter({ hasText: 'Books for the agency' }).waitFor();
    await page.keyboard.press('F2');
    await page.getByRole('region', { name: 'Rename a connection in this script' }).waitFor();
    expect(await page.getByLabel('Name in the script').inputValue()).toBe('books_admin');
    await page.getByLabel('New link name').fill('ledger');
    await page.getByText('1 line changes.').waitFor();
    const line = page.getByRole('list', { name: 'Lines that change from books_admin to ledger' }).getByRole('listitem');
    expect((await line.allInnerTexts()).join(' ').replace(/\s+/g, ' ')).toBe(
      'Line 14 − before connection: "books_admin" + after connection: "ledger"',
    );
    await page.getByRole('button', { name: 'Rename in the script' }).click();
    expect(await textOf(page)).toContain('connection: "ledger"');
    await page.getByRole('textbox', { name: 'Deluge script' }).press('Control+z');
    expect(await textOf(page)).toContain('connection: "books_admin"');
    await page.close();
  });

  it('formats, says why not, and can be undone', async () => {
    const page = await open('if(a){info "x";}');
    await page.getByRole('button', { name: 'Format' }).click();
    await page.getByText('Formatted.').waitFor();
    await page.getByRole('textbox', { name: 'Deluge script' }).press('Shift+Alt+f');
    await page.getByText('Nothing to change.').waitFor();
    expect(await textOf(page)).toBe('if(a)\n{\n\tinfo "x";\n}\n');
    await page.getByRole('textbox', { name: 'Deluge script' }).press('Control+z');
    expect(await textOf(page)).toBe('if(a){info "x";}');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\nx = foo(;');
    await page.getByRole('button', { name: 'Format' }).click();
    await page.getByText('It stays as it is').waitFor();
    await page.close();
  });

  it('keeps the keys of the page and the browser: Ctrl+Enter, Ctrl+S and the rest, Esc then Tab', async () => {
    const page = await open();
    const field = page.getByRole('textbox', { name: 'Deluge script' });
    await field.click();
    await page.keyboard.press('Control+Home');
    const before = await textOf(page);
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => page.getByTestId('runs').textContent()).toBe('1');
    expect(await textOf(page)).toBe(before);
    const taken = await page.evaluate(() => {
      const content = document.querySelector('.script-host')?.shadowRoot?.querySelector('.cm-content');
      return ['s', 't', 'w', 'r', 'l', 'f', 'p', 'n', 'u'].filter((key) => {
        const event = new KeyboardEvent('keydown', {
          key,
          code: `Key${key.toUpperCase()}`,
          keyCode: key.toUpperCase().charCodeAt(0),
          ctrlKey: true,
          bubbles: true,
          cancelable: true,
          composed: true,
        });
        content?.dispatchEvent(event);
        return event.defaultPrevented;
      });
    });
    expect(taken).toEqual([]);
    await page.keyboard.press('Tab');
    expect(await textOf(page)).toBe(`\t${before}`);
    await page.keyboard.press('Escape');
    // However long a person takes.
    await page.waitForTimeout(2_500);
    await page.keyboard.press('Tab');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Format');
    expect(await textOf(page)).toBe(`\t${before}`);
    await page.keyboard.press('Shift+Tab');
    await expect.poll(() => field.evaluate((one) => one === (one.getRootNode() as ShadowRoot).activeElement)).toBe(true);
    await page.close();
  });

  it('indents what is typed by its blocks', async () => {
    const page = await open('');
    await editorOf(page).click();
    for (const line of ['if(a)', '{', 'x = invokeurl', '[', 'url: "u"']) {
      await page.keyboard.type(line);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Enter');
    }
    await page.keyboard.type('type: GET');
    expect(await textOf(page)).toBe('if(a)\n{\n\tx = invokeurl\n\t[\n\t\turl: "u"\n\t\ttype: GET\n\t]\n}');
    await page.close();
  });

  it('loses nothing that was typed while it loads, nor the cursor', async () => {
    const page = await host.context.newPage();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/assets/mount-*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${host.url}?text=${encodeURIComponent('info "a";\n')}`);
    const plain = page.locator('textarea');
    await plain.waitFor();
    await plain.press('Control+End');
    await page.keyboard.type('info "typed while it loads";');
    for (let step = 0; step < 2; step += 1) await page.keyboard.press('ArrowLeft');
    release();
    await editorOf(page).waitFor();
    await page.keyboard.type('!');
    expect(await textOf(page)).toBe('info "a";\ninfo "typed while it loads!";');
    await page.getByRole('button', { name: 'Load another script' }).click();
    await expect.poll(() => editorOf(page).textContent()).toContain('from outside');
    await page.close();
  });

  it('does not make the page jump when it takes the place of the plain field', async () => {
    const page = await host.context.newPage();
    await page.addInitScript(() => {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          document.documentElement.dataset['shift'] = String(
            Number(document.documentElement.dataset['shift'] ?? 0) +
              ('value' in entry && typeof entry.value === 'number' ? entry.value : 0),
          );
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(host.url);
    await editorOf(page).waitFor();
    await page.waitForTimeout(800);
    expect(await page.evaluate(() => Number(document.documentElement.dataset['shift'] ?? 0))).toBeLessThanOrEqual(0.02);
    await page.close();
  });

  it('stays a plain field where the editor cannot be loaded', async () => {
    const page = await host.context.newPage();
    await page.route('**/assets/mount-*.js', (route) => route.abort());
    await page.goto(`${host.url}?text=${encodeURIComponent('info 1;')}`);
    await page.getByText('The code editor could not be loaded.').waitFor();
    await page.getByRole('textbox', { name: 'Deluge script' }).fill('info 2;');
    expect(await textOf(page)).toBe('info 2;');
    await page.close();
  });

  it('is accessible in both themes at both widths, with its layers open, and fits', { timeout: 240_000 }, async () => {
    const findings: string[] = [];
    const page = await open();
    const look = async (name: string): Promise<void> => {
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [1280, 380]) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize({ width, height: 900 });
          await page.waitForTimeout(100);
          findings.push(...(await accessibility(page)).map((one) => `${name} ${colorScheme} ${width}: ${one}`));
          const isWide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
          if (isWide) findings.push(`${name} ${width}: wider than the window`);
          if (PICTURES !== undefined) {
            mkdirSync(PICTURES, { recursive: true });
            await page.screenshot({ path: join(PICTURES, `editor-${name}-${width}-${colorScheme}.png`), fullPage: true });
          }
        }
    };
    await look('plain');
    await showCard(page);
    await look('card');
    await editorOf(page).locator('span', { hasText: '"books_admin"' }).first().click();
    await page.keyboard.press('F2');
    await page.getByLabel('New link name').fill('ledger');
    await look('rename');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('x = invokeurl [ url: "u" connection: "nobody" ];\ninsert into Sales [ Total = 1 ];\ny = if(input.a, "b", ');
    await page.locator('.script-marks li').first().waitFor();
    await look('marks');
    await page.keyboard.press('End');
    await page.keyboard.type(';\nx.contain');
    await page.getByText('Has the map this key.').waitFor();
    await look('completion');
    await page.close();
    expect(findings).toEqual([]);
  });

  it('S39 raises no violation of the page’s policy and no error', () => {
    expect(complaints).toEqual([]);
  });
});
