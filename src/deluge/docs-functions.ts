import type { Doc } from './docs.ts';

const rows = (text: string): readonly Doc[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [shape = '', ...rest] = line.trim().split(' — ');
      return { name: shape.replace(/\(.*$/, ''), shape, text: rest.join(' — ') };
    });

/** Built-in functions, one a line: how it is written — what it gives. */
export const FUNCTION_DOCS: readonly Doc[] = rows(`
  Map() — A new, empty map.
  List() — A new list.
  Collection() — A new collection.
  ifNull(value, other) — The value, or the other one where it is null.
  isNull(value) — Is it null.
  isEmpty(value) — Has it no text, no element, no key.
  isBlank(text) — Is it empty, or nothing but white space.
  toString(value, pattern) — The value as a text; a date in a pattern such as "yyyy-MM-dd".
  toText(value) — The value as a text.
  toLong(value) — The whole number that a value says.
  toNumber(value) — The number that a value says.
  toDecimal(value) — The decimal number that a value says.
  toDate(text) — The date that a text says, such as "24-Nov-2026".
  toMap(text) — A JSON object as a map.
  abs(number) — The number without its sign.
  round(number, places) — The number, rounded.
  ceil(number) — The next whole number above.
  floor(number) — The next whole number below.
  min(a, b) — The smaller of two numbers.
  max(a, b) — The larger of two numbers.
  length(text) — How many characters it has.
  trim(text) — The text without white space at its ends.
  upper(text) — The text in capital letters.
  lower(text) — The text in small letters.
  contains(text, part) — Does the text have this part.
  encodeUrl(text) — The text, encoded for an address.
  decodeUrl(text) — The text, decoded from an address.
  and(a, b) — Are all of them true.
  or(a, b) — Is one of them true.
  not(value) — Is it not true.
`);

/** Methods of values, one a line: how it is written — what it gives. */
export const METHOD_DOCS: readonly Doc[] = rows(`
  abs() — The number without its sign.
  add(value) — Puts a value at the end of a list.
  addAll(list) — Puts all values of another list at the end.
  addDay(days) — The date, days later.
  addHour(hours) — The time, hours later.
  addMinutes(minutes) — The time, minutes later.
  addMonth(months) — The date, months later.
  addWeek(weeks) — The date, weeks later.
  addYear(years) — The date, years later.
  ceil() — The next whole number above.
  clear() — Takes everything out of a list or a map.
  containKey(key) — Has the map this key.
  contains(value) — Has the text this part, or the list this value.
  containsIgnoreCase(part) — Has the text this part, in capital or small letters.
  containsKey(key) — Has the map this key.
  containsValue(value) — Has the map this value.
  containValue(value) — Has the map this value.
  daysBetween(date) — How many days lie between two dates.
  distinct() — The list with each value once.
  endsWith(part) — Does the text end so.
  endsWithIgnoreCase(part) — Does the text end so, in capital or small letters.
  equalsIgnoreCase(text) — Are two texts the same, in capital or small letters.
  floor() — The next whole number below.
  get(key) — The value of a key, or the element at an index from 0.
  getDay() — The day of the month.
  getFileContent() — The text of a file.
  getFileName() — The name of a file.
  getFileType() — The type of a file.
  getHour() — The hour of a time.
  getJSON(key) — The value of a key of a JSON object.
  getMinutes() — The minutes of a time.
  getMonth() — The month, from 1.
  getPrefix(mark) — The text before a mark.
  getSuffix(mark) — The text behind a mark.
  getYear() — The year.
  indexOf(value) — Where it first stands, from 0; -1 where it does not.
  intersect(list) — What two lists have in common.
  isEmpty() — Has it no text, no element, no key.
  isFile() — Is it a file.
  isList() — Is it a list.
  isMap() — Is it a map.
  isNull() — Is it null.
  isNumber() — Is it a number, or says one.
  isText() — Is it a text.
  keys() — The keys of a map, as a list.
  lastIndexOf(value) — Where it last stands, from 0; -1 where it does not.
  length() — How many characters it has.
  notContains(part) — Does the text lack this part.
  power(exponent) — The number to the power of another.
  put(key, value) — Sets the value of a key.
  putAll(map) — Sets all keys of another map.
  remove(what) — Takes out a key, an index of a list, or a part of a text.
  removeElement(value) — Takes a value out of a list.
  removeKey(key) — Takes out a key.
  replaceAll(part, by) — The text with each such part replaced.
  replaceFirst(part, by) — The text with the first such part replaced.
  reverse() — The text from its end to its beginning.
  round(places) — The number, rounded.
  size() — How many elements, keys or characters it has.
  sort(isUp) — The list in order; false turns it round.
  sqrt() — The square root of the number.
  startsWith(part) — Does the text begin so.
  startsWithIgnoreCase(part) — Does the text begin so, in capital or small letters.
  subDay(days) — The date, days earlier.
  sublist(from, to) — The elements from one index to before another.
  substring(from, to) — The text from one index to before another.
  subText(from, to) — The text from one index to before another.
  toDate() — The date that a text says, or the day of a time.
  toDateTime() — The date with its time that a text says.
  toDecimal() — The decimal number that a value says.
  toJSONList() — A JSON list as a list.
  toList(separator) — The parts of a text, or a JSON list, as a list.
  toLong() — The whole number that a value says.
  toLowerCase() — The text in small letters.
  toMap() — A JSON object as a map.
  toNumber() — The number that a value says.
  toString(pattern) — The value as a text; a date in a pattern such as "yyyy-MM-dd".
  toText() — The value as a text.
  toTime() — The time that a text says.
  toUpperCase() — The text in capital letters.
  trim() — The text without white space at its ends.
`);
