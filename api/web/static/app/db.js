// What stays on this phone (IndexedDB), for pages and the service worker alike.

const NAME = "kentongan";
const VERSION = 2;
// `settings` by name, `drafts` by app; `outbox` and `photos` by id; `reports` and `messages`: what was last seen, by id;
// `worklist` and `details`: what an officer works on, never mixed with what the same phone reported.
const STORES = { settings: null, drafts: null, outbox: "id", photos: "id", reports: "id", messages: "mid", worklist: "id", details: "id" };

export class StorageFull extends Error {}

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name, keyPath ? { keyPath } : {});
      }
    };
    request.onsuccess = () => resolve(closesItself(request.result));
    request.onerror = () => reject(request.error);
  });
  opened.catch(() => (opened = undefined));
  return opened;
}

/** A newer release in another tab must not wait for this one. */
function closesItself(database) {
  database.onversionchange = () => database.close();
  database.onclose = () => (opened = undefined);
  return database;
}

const readable = (error) => (error?.name === "QuotaExceededError" ? new StorageFull() : error);

/** One transaction over `names`. `work(…stores)` may return a request, whose result is the answer. Raises StorageFull. */
export async function within(names, mode, work) {
  const transaction = (await open()).transaction(names, mode);
  return new Promise((resolve, reject) => {
    const fail = () => reject(readable(transaction.error));
    const request = work(...names.map((name) => transaction.objectStore(name)));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = fail;
    transaction.onerror = fail;
  });
}

export const get = (store, key) => within([store], "readonly", (rows) => rows.get(key));
export const all = (store) => within([store], "readonly", (rows) => rows.getAll());
export const remove = (store, key) => within([store], "readwrite", (rows) => rows.delete(key));
export const clear = (store) => within([store], "readwrite", (rows) => rows.clear());

/** Raises StorageFull. Stores that have a key of their own take none. */
export const put = (store, value, key) => within([store], "readwrite", (rows) => rows.put(value, key));

/** Several rows of one or more stores, all or none: `{outbox: [entry], photos: […]}`. Raises StorageFull. */
export const putAll = (rows) =>
  within(Object.keys(rows), "readwrite", (...stores) => {
    stores.forEach((store) => rows[store.name].forEach((value) => store.put(value)));
  });

/** Changes rows of a store together; `step(row)` gives the row as it is to be. */
export const changeAll = (store, step) =>
  within([store], "readwrite", (rows) => {
    const found = rows.getAll();
    found.onsuccess = () => found.result.forEach((row) => step(row) !== row && rows.put(step(row)));
  });

/** Changes one row in one transaction, so that two tabs cannot lose each other's change; undefined if it is gone. */
export const change = (store, key, step) =>
  within([store], "readwrite", (rows) => {
    const found = rows.get(key);
    found.onsuccess = () => found.result && rows.put(step(found.result));
    return found;
  });
