import { connectors } from './connectors.ts';
import { deluge } from './deluge.ts';
import { EXIT, type Io } from './io.ts';

const HELP = `latchkey: connections of applications, on the command line

  latchkey connectors …   the catalogue, its records and how token answers are read
  latchkey deluge …       what scripts refer to, and running them

Each command says more with --help. Exit codes: 0 fine, 1 findings, 2 usage.
`;

const GROUPS: Readonly<Record<string, (args: readonly string[], io: Io) => Promise<number>>> = { connectors, deluge };

const main = async ([group = '', ...rest]: readonly string[], io: Io): Promise<number> => {
  if (group === '--help' || group === '-h') {
    io.out(HELP);
    return EXIT.fine;
  }
  const run = Object.hasOwn(GROUPS, group) ? GROUPS[group] : undefined;
  if (run === undefined) {
    io.error(group === '' ? HELP : `There is no command ${group}.\n\n${HELP}`);
    return EXIT.usage;
  }
  return run(rest, io);
};

const io: Io = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
};

// Whoever reads along may stop early, as `head` does.
process.stdout.on('error', () => process.exit());

main(process.argv.slice(2), io).then(
  (code) => {
    process.exitCode = code;
  },
  // A stack says nothing to who typed the command.
  () => {
    io.error('Something went wrong inside Latchkey. Nothing was changed.\n');
    process.exitCode = EXIT.usage;
  },
);
