import { argon2id as hash } from 'hash-wasm';
import type { Argon2id } from './kdf.ts';

/** Argon2id by hash-wasm. Hosts that can load it late do so; a service worker cannot and has it built in. */
export const argon2id: Argon2id = async ({ passphrase, salt, memoryKiB, iterations, parallelism }) => {
  const made = await hash({
    password: passphrase,
    salt,
    memorySize: memoryKiB,
    iterations,
    parallelism,
    hashLength: 32,
    outputType: 'binary',
  });
  return new Uint8Array(made);
};
