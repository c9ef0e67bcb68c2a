import { checkPublishing } from '../support/publish-model.ts';

checkPublishing({ stride: 1, rounds: 5_000 });
