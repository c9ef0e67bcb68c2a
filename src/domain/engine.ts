/** The version of this Latchkey, which a release may ask for at least. */
export const ENGINE = '0.1.0';
