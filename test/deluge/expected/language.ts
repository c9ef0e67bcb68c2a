import type { Expected } from '../run-script.ts';

export const LANGUAGE: Readonly<Record<string, Expected>> = {
  '30-loops': { info: ['4', '0=a', '1=b', '2=c', 'keys: 3', 'locks: 5'] },
  '31-dates': { info: ['2026-12-08', '14', '24/12/2026', '31-Dec-2027', '06:05 PM', 'true', '24-Nov-2026'] },
  '32-texts': {
    info: ['CASA BIANCA', '11', 'Casa|Bianca', 'CAsA BiAncA', 'true', '3', '15', 'cba', 'he said "ciao"', 'tab\tand "quotes"'],
  },
  '33-maps-and-lists': {
    info: [
      '{"rooms":["kitchen","bath"],"owner":{"name":"Rossi"},"sold":true}',
      'Rossi',
      '3',
      'true',
      'null',
      '[1,2,3,3]',
      '3',
      'true',
      '[1,2,3]',
    ],
  },
  '34-json': { info: ['15', '0', '3', '{"a":null,"b":[true,1.5]}'] },
  '35-conditions': { info: ['true', 'big', 'nothing given', 'true', 'true', 'middle'] },
  '36-arithmetic': { info: ['22', '3', '2.5', '-99', '2.46', '15', '7', '45', '13'] },
  '37-functions': { info: ['42', 'Hello Dana', 'Hello', '4'] },
  '38-only-function': { input: { flat: '12', price: 250000 }, info: ['12 sold for 250000'] },
  '39-system-variables': { info: ['2026', '12:00', 'development', 'dana@estate.example'] },
  '56-typed-declarations': { info: ['report.csv31'] },
  '57-not-ascii': { refs: ['3 ok_é invokeurl'], info: ['Indirizzo: Roma – 中文 😀'], stops: '3 no service here' },
  '61-retry': {
    refs: ['13 slow invokeurl'],
    info: ['try 1: no service here', 'try 2: no service here', 'try 3: no service here', 'tries: 3, done: false'],
  },
  '62-group-and-sum': { info: ['Milan: 250', 'Rome: 150'] },
  '63-unknown-function': { info: ['2'], stops: '3 there is no function frobnicate' },
  '64-bad-number': { info: ['before'], stops: '2 * needs numbers: “twelve” is none' },
  '65-index-behind-end': { info: ['a'], stops: '3 the list has no element 1: it has 1' },
  '70-return-a-map': { result: { ok: true, at: '01-Jan-2027 08:30:00', list: [1, 2] } },
  '73-unknown-app-function': {
    info: ['DEVELOPMENT', 'there is no function books.createInvoice in this script'],
    stops: '10 there is no function sms.send in this script',
  },
  '74-page-that-runs': { info: ['Dana: 4', 'Carla: 9'] },
  '77-date-report': { info: ['["30.12.26","31.12.26","01.01.27 (first)"]', 'true'] },
  '80-nested-loops': { info: ['1a 4a 5b'] },
};
