import { checkPublishing } from '../support/publish-model.ts';

// Every order and crash is walked by the soak; here a part that takes seconds.
checkPublishing({ stride: 4, rounds: 150 });
