import { describe, expect, it } from 'vitest';
import { Fault, type FaultCode } from '../../src/domain/faults.ts';
import { createTypedSecret } from '../../src/ui/parts/typed-secret.ts';

const failing = (code: FaultCode) => async (): Promise<never> => {
  throw new Fault(code);
};

describe('a secret that is typed', () => {
  it('R121 stays for the next try where storing it was refused, and goes once it is stored', async () => {
    const control = { value: ' the-new-secret ' };
    const { hand } = createTypedSecret();
    await expect(hand(control, failing('credentials.affects'))).rejects.toThrow('credentials.affects');
    expect(await hand(control, async (secret) => secret)).toBe('the-new-secret');
    expect(control.value).toBe('');
  });

  it('R121 goes while the vault is locked, and nothing is stored in its place until it is entered again', async () => {
    const control = { value: 'the-new-secret' };
    const { hand } = createTypedSecret();
    await expect(hand(control, failing('vault.locked'))).rejects.toThrow('vault.locked');
    expect(control.value).toBe('');
    await expect(hand(control, async (secret) => secret)).rejects.toThrow('credentials.secret-gone');
    control.value = 'the-new-secret';
    expect(await hand(control, async (secret) => secret)).toBe('the-new-secret');
    expect(await hand(control, async (secret) => secret)).toBe(null);
  });

  it('R121 may be none: what is stored stays', async () => {
    const { hand } = createTypedSecret();
    await expect(hand({ value: '' }, failing('vault.locked'))).rejects.toThrow('vault.locked');
    expect(await hand({ value: '' }, async (secret) => secret)).toBe(null);
    expect(await hand(null, async (secret) => secret)).toBe(null);
  });
});
