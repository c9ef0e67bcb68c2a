import { describe, expect, it } from 'vitest';
import { connectorById, hasConnector } from '../../src/connectors/catalogue.ts';
import { ESTATE } from '../../src/core/sample-estate.ts';
import { writesOfScript } from '../../src/deluge/writes.ts';
import type { Form } from '../../src/domain/application.ts';
import type { BundleContents } from '../../src/domain/bundle.ts';
import { changedLines } from '../../src/domain/changed-lines.ts';
import type { ComponentDefinition } from '../../src/domain/component.ts';
import { differenceOf } from '../../src/domain/difference.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { reviewOf } from '../../src/domain/review.ts';
import { tellingBy } from '../../src/runtime/describe.ts';

const TELLING = tellingBy((id) => (hasConnector(id) ? connectorById(id) : null));

const contents = (components: readonly ComponentDefinition[], forms: readonly Form[] = ESTATE.application.forms): BundleContents => ({
  application: { id: 'app_estate', version: '1.0.0', ...ESTATE.application, forms },
  connections: ESTATE.connections,
  components,
  requirements: { systemConnections: [] },
});

const [push = ESTATE.components[0], panel] = ESTATE.components;
if (push === undefined || panel === undefined) throw new Error('the sample has no components');

const script = (source: string): ComponentDefinition => ({
  linkName: 'ask',
  name: 'Ask Books',
  kind: 'deluge-invokeurl',
  config: { start: null, script: source },
});

const changeOf = (was: ComponentDefinition, is: ComponentDefinition) => differenceOf(contents([was]), contents([is]), TELLING)[0];
const reviewed = (was: ComponentDefinition, is: ComponentDefinition) =>
  reviewOf(contents([was]), contents([is]), { ...TELLING, hostsOf: () => [] }).items;
const configured = (component: ComponentDefinition, change: JsonObject): ComponentDefinition => ({
  ...component,
  config: { ...component.config, ...change },
});

const ASKS = 'org = invokeurl\n[\n\turl: "https://books.example/organization"\n\ttype: GET\n\tconnection: "sandbox_books"\n];\nreturn org;';
const SENDS = 'org = invokeurl\n[\n\turl: "https://books.example/invoices"\n\ttype: POST\n\tconnection: "sandbox_books"\n];\nreturn org;';

describe('what a version changes in a component', () => {
  it('R116 says the lines of a script that change, and that it sends what it only read before', () => {
    expect(changeOf(script(ASKS), script(SENDS))).toEqual({
      change: 'changed',
      what: 'component',
      linkName: 'ask',
      name: 'Ask Books',
      says: [],
      writes: ['sends POST to https://books.example/invoices'],
      edits: [
        {
          of: 'Script',
          lines: [
            { line: 3, before: '\turl: "https://books.example/organization"', after: '\turl: "https://books.example/invoices"' },
            { line: 4, before: '\ttype: GET', after: '\ttype: POST' },
          ],
        },
      ],
      grows: true,
    });
  });

  it('R116 has what newly writes, or speaks through another connection, agreed to with what asks for more', () => {
    expect(reviewed(script(ASKS), script(SENDS))).toMatchObject([{ group: 'more', linkName: 'component ask', consent: null }]);
    expect(reviewed(script(SENDS), script(ASKS))).toMatchObject([
      { group: 'components', says: ['component, changed', 'no longer: sends POST to https://books.example/invoices'] },
    ]);
    expect(reviewed(script(ASKS), script(ASKS.replace('sandbox_books', 'sandbox_sheet')))).toMatchObject([
      {
        group: 'more',
        says: ['component, changed', 'uses Sandbox Sheet from now on', 'uses Sandbox Books no longer'],
        writes: [],
      },
    ]);
    expect(reviewed(script(ASKS), script(ASKS.replace('connection: "sandbox_books"', 'connection: input.which')))).toMatchObject([
      {
        group: 'more',
        says: ['component, changed', 'uses a connection that only a run knows from now on', 'uses Sandbox Books no longer'],
      },
    ]);
    const fresh = (component: ComponentDefinition) =>
      reviewOf(contents([]), contents([component]), { ...TELLING, hostsOf: () => [] }).items[0];
    expect(fresh(script(SENDS))).toMatchObject({ group: 'more', writes: ['sends POST to https://books.example/invoices'] });
    expect(fresh(script(ASKS))).toMatchObject({
      group: 'components',
      says: ['component, new', 'Deluge invokeUrl task, uses Sandbox Books'],
    });
  });

  it('says a changed operation, trigger and value in the words of its form', () => {
    const is = configured(push, {
      operation: 'create-contact',
      trigger: { event: 'create' },
      mapping: { customer: { from: 'field', field: 'buyer' }, reference: { from: 'text', text: 'sold' } },
    });
    const change = changeOf(push, is);
    expect(change?.says).toEqual(
      expect.arrayContaining([
        'Started: When an entry is made (before: When status becomes “sold”)',
        expect.stringMatching(/^Does: .+ \(before: Create an invoice\)$/),
        'With these values, reference: “sold” (before: nothing)',
        'no longer: Create an invoice in Sandbox Books',
      ]),
    );
    expect(change).toMatchObject({ grows: true, writes: [expect.stringMatching(/ in Sandbox Books$/)] });
  });

  it('says a service of no connection, a choice in its words, and the lines of a message', () => {
    const system = changeOf(panel, configured(panel, { connection: '', service: 'sandbox-sheet', shape: 'list', refresh: 'hour' }));
    expect(system?.says).toEqual([
      'uses the system connection to Sandbox Sheet from now on',
      'uses Sandbox Sheet no longer',
      'Shows: A list (before: A number)',
      'Is read anew: Every hour (before: When the page is opened)',
    ]);
    expect(system?.grows).toBe(true);
    const sms: ComponentDefinition = {
      linkName: 'tell',
      name: 'Tell them',
      kind: 'sms-action',
      config: {
        form: 'properties',
        trigger: { event: 'create' },
        connection: '',
        service: 'sandbox-sms',
        operation: 'send-message',
        recipients: [{ from: 'text', text: '+4712345678' }],
        text: 'Hello\n{{address}} is sold',
      },
    };
    const louder = configured(sms, { text: 'Hello\n{{address}} is SOLD', recipients: [{ from: 'field', field: 'buyer' }] });
    expect(changeOf(sms, louder)).toMatchObject({
      says: ['Recipients: field buyer (before: “+4712345678”)'],
      edits: [{ of: 'Text', lines: [{ line: 2, before: '{{address}} is sold', after: '{{address}} is SOLD' }] }],
      writes: [],
      grows: false,
    });
  });

  it('tells a kind that is not known here value by value', () => {
    const odd = { linkName: 'odd', name: 'Odd', kind: 'hologram', config: { at: { angle: 3 } } };
    expect(changeOf(odd, { ...odd, config: { at: { angle: 4 } } })?.says).toEqual(['at.angle: 4 (before: 3)']);
  });
});

describe('what a version changes in a form', () => {
  it('names fields that come, go and change', () => {
    const [form] = ESTATE.application.forms;
    if (form === undefined) throw new Error('the sample has no form');
    const is: Form = {
      ...form,
      name: 'Houses',
      isPublic: true,
      fields: [
        ...form.fields
          .filter(({ name }) => name !== 'buyer')
          .map((field) =>
            field.name === 'status' ? { ...field, label: 'State', required: false, choices: ['for sale', 'sold', 'gone'] } : field,
          ),
        { name: 'rooms', label: 'Rooms', type: 'number', required: true, choices: [] },
      ],
    };
    expect(differenceOf(contents([]), contents([], [is]), TELLING)).toMatchObject([
      {
        what: 'form',
        name: 'Houses',
        says: [
          'was called Properties',
          'visitors may fill it in from now on',
          'field added: Rooms (number, has to be filled in)',
          'field removed: Buyer',
          'field State: was called Status, may stay empty, choices added: gone, choices removed: reserved',
        ],
      },
    ]);
  });
});

describe('what a script may change', () => {
  it.each([
    ['x = invokeurl [ url: "https://a.example/x" ];', []],
    ['x = invokeurl [ url: "https://a.example/x" type: "get" ];', []],
    ['x = invokeurl [ url: base + "/x" type: delete ];', ['sends DELETE to base + "/x"']],
    ['x = invokeurl [ url: "https://a.example/x" type: how ];', ['sends a request of a kind that only a run knows to https://a.example/x']],
    ['x = zoho.books.getRecords("invoices", "1", "books");', []],
    ['x = zoho.books.createRecord("invoices", "1", {}, "books");', ['runs zoho.books.createRecord']],
    ['x = zoho.nobody.knowsThis("a");', ['runs zoho.nobody.knowsThis']],
    ['x = zoho.encryption.md5("a");', []],
    ['// type: POST\ninfo "invokeurl [ type: POST ]";', []],
  ])('%s', (source, writes) => {
    expect(writesOfScript(source)).toEqual(writes);
  });
});

describe('the lines that differ', () => {
  it('come, go and change, each where it stands', () => {
    expect(changedLines('a\nb\nc', 'a\nc')).toEqual([{ line: 2, before: 'b', after: null }]);
    expect(changedLines('a\nc', 'a\nb\nc')).toEqual([{ line: 2, before: null, after: 'b' }]);
    expect(changedLines('a\nb\nc\nd', 'a\nB\nx\nc')).toEqual([
      { line: 2, before: 'b', after: 'B' },
      { line: 3, before: null, after: 'x' },
      { line: 4, before: 'd', after: null },
    ]);
    expect(changedLines('a\r\nb', 'a\nb')).toEqual([]);
  });

  it('are all of them where two texts are too long to be compared', () => {
    const long = (word: string): string => Array.from({ length: 2_500 }, (_, index) => `${word} ${index}`).join('\n');
    expect(changedLines(long('a'), long('b'))).toHaveLength(2_500);
  });
});
