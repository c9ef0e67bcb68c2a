export type Account = { readonly email: string; readonly name: string; readonly soldProperties: number };

/** Who can sign in with one click; any other e-mail becomes an account of its own. */
export const SEEDED: readonly Account[] = [
  { email: 'dana@studio.example', name: 'Dana Developer', soldProperties: 2 },
  { email: 'lee@studio.example', name: 'Lee Builder', soldProperties: 3 },
  { email: 'carla@harbour.example', name: 'Carla Owner', soldProperties: 5 },
  { email: 'adam@harbour.example', name: 'Adam Admin', soldProperties: 4 },
  { email: 'uma@harbour.example', name: 'Uma User', soldProperties: 7 },
  { email: 'ben@harbour.example', name: 'Ben User', soldProperties: 1 },
];

/** The account of an e-mail address, seeded or made up on the spot. */
export const accountOf = (email: string): Account =>
  SEEDED.find((account) => account.email === email) ?? { email, name: email.split('@')[0] ?? email, soldProperties: 0 };

export const isEmail = (text: string): boolean => /^[^\s@<>"']{1,64}@[^\s@<>"']{1,120}$/.test(text);
