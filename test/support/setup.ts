// Dexie looks for IndexedDB when it is loaded, so this comes before every import of a test.
import 'fake-indexeddb/auto';
