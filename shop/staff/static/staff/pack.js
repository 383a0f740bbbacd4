// The pack station with hands full: the field always has the focus and empties at once, keys work, two beeps tell.
// It works without this file, too. Each scan is one POST with an id of its own, sent one after the other; the answer is
// the page that a browser without scripts would get, and its <main> replaces ours.
'use strict';
{
    const PATIENCE = 2000; // milliseconds: without an answer by then the scan counts as not counted
    const LOOK = 5000; // milliseconds: how often others' scans are looked for
    const REST = 'pack-rest'; // where scans are kept that waited while the login ended
    const waiting = []; // scans that are not answered yet, the first of them perhaps on its way
    let sending = false;
    let leaving = false; // The login had ended: what is scanned until its page is there waits for whoever logs in.
    let stuck = false; // The first one was not answered: Enter, or scanning it again, sends it again with the same id.
    let shown = 0; // how many answers the page has shown: a look that is older than the last of them shows nothing
    let sounds = null;

    const field = () => document.getElementById('code');
    const form = () => document.getElementById('scan');

    // crypto.randomUUID is there over HTTPS alone; warehouses have none.
    function newId() {
        const bytes = crypto.getRandomValues(new Uint8Array(16));
        return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
    }

    function beep(kind) {
        if (!kind) {
            return;
        }
        document.documentElement.dataset.beep = `${kind} ${Date.now()}`;
        try {
            sounds ??= new AudioContext();
            sounds.resume();
            const tone = sounds.createOscillator();
            const volume = sounds.createGain();
            tone.frequency.value = kind === 'good' ? 1320 : 196; // hertz
            tone.type = kind === 'good' ? 'sine' : 'square';
            volume.gain.value = 0.2;
            tone.connect(volume).connect(sounds.destination);
            tone.start();
            tone.stop(sounds.currentTime + (kind === 'good' ? 0.08 : 0.45)); // seconds
        } catch {
            // No sound here: the page says it all.
        }
    }

    function say(sentence) {
        const bar = document.getElementById('not-counted');
        bar.textContent = sentence;
        bar.hidden = !sentence;
    }

    // Enter and the keys mean what the page showed when they were pressed; a code means what it is when it is sent.
    function enter(code, act, target) {
        const to = target ?? form();
        const data = new FormData(to);
        if (stuck && waiting.length && act === 'scan' && (code === '' || code === waiting[0].code)) {
            return send();
        }
        const means = code ? {} : {expect: data.get('expect'), seen: data.get('seen')};
        waiting.push({
            id: newId(), code, act, carrier: data.get('carrier'), action: to === form() ? null : to.action, ...means,
        });
        if (leaving) {
            return putBy();
        }
        return send();
    }

    function putBy() {
        sessionStorage.setItem(REST, JSON.stringify(waiting));
    }

    async function send() {
        if (sending || leaving || !waiting.length) {
            return;
        }
        sending = true;
        stuck = false;
        const scan = waiting[0];
        // Settled with the first try: a repeat says the same.
        scan.action ??= form().action;
        for (const name of ['after', 'expect', 'seen']) {
            scan[name] ??= new FormData(form()).get(name);
        }
        try {
            await post(scan);
        } catch (error) {
            keep(scan, error);
        }
        sending = false;
        if (!stuck) {
            send();
        }
    }

    async function post(scan) {
        const body = new URLSearchParams({csrfmiddlewaretoken: new FormData(form()).get('csrfmiddlewaretoken')});
        for (const name of ['id', 'code', 'act', 'carrier', 'expect', 'seen', 'after']) {
            body.set(name, scan[name] ?? '');
        }
        const answer = await fetch(scan.action, {method: 'POST', body, signal: AbortSignal.timeout(PATIENCE)});
        const place = new URL(answer.url);
        if (place.pathname.includes('/login/')) {
            leaving = true;
            waiting.shift();
            putBy();
            location.assign(answer.url); // It leads back here, with this scan in the field.
            return;
        }
        if (!answer.ok && answer.status !== 404) {
            throw new Error(answer.status === 503 ? 'the desk does not answer just now' : `the desk answered ${answer.status}`);
        }
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const kept = page.getElementById('pack')?.dataset.kept;
        const again = kept && !scan.again && kept.replaceAll('-', '') === scan.id;
        if (!again) {
            waiting.shift();
        }
        scan.again = true;
        show(page, place);
        if (again) {
            say(''); // Only the proof was old, and here is a new one: the loop sends it once more.
            field().value = '';
        } else {
            beep(kept ? 'bad' : document.getElementById('pack').dataset.sound);
        }
    }

    function show(page, place) {
        shown += 1;
        const typed = field().value;
        const kept = page.getElementById('pack').dataset.kept;
        document.getElementById('pack').replaceWith(document.adoptNode(page.getElementById('pack')));
        document.querySelector('.pack-top p').replaceWith(document.adoptNode(page.querySelector('.pack-top p')));
        document.title = page.title;
        history.replaceState(null, '', place);
        if (!kept) {
            field().value = typed; // What is being scanned at this moment.
        }
        field().focus();
    }

    function keep(scan, error) {
        stuck = true;
        const why = error.name === 'TimeoutError' ? 'no answer' : error instanceof TypeError ? 'no connection' : error.message;
        const more = waiting.length > 1 ? ` ${waiting.length} scans wait.` : '';
        say(`NOT COUNTED: ${why}. Press Enter, or scan it again.${more}`);
        field().value = scan.code;
        field().focus();
        field().select(); // The next scan replaces it.
        beep('bad');
    }

    function forget() {
        waiting.length = 0;
        stuck = false;
        say('');
        field().value = '';
    }

    function key(event) {
        const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z' && !event.shiftKey;
        const name = undo ? 'Undo' : event.key;
        if (event.key === 'Tab' && !event.shiftKey && document.activeElement === field() && field().value) {
            event.preventDefault(); // Some scanners end with Tab.
            form().requestSubmit();
        } else if (name === 'Escape' && stuck) {
            event.preventDefault();
            forget();
        } else if (name === 'Escape' && field().value) {
            event.preventDefault();
            field().value = '';
        } else if (['F2', 'F4', 'Escape', 'Undo'].includes(name) && !(undo && field().value && !stuck)) {
            event.preventDefault();
            document.querySelector(`[data-key="${name}"]`)?.click();
        } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && isIdle()) {
            field().focus(); // The key goes where the focus is by then.
        }
    }

    // A scan that is back in the field, after a login: Enter sends it, and those that waited behind it. Where Enter was
    // quicker than this file, the first is counted, and the others are asked for.
    function begin() {
        const kept = document.getElementById('pack').dataset.kept;
        const rest = JSON.parse(sessionStorage.getItem(REST) ?? '[]');
        sessionStorage.removeItem(REST);
        if (kept && field().value) {
            const after = new FormData(form()).get('after');
            waiting.push({id: kept, code: field().value, act: 'scan', after}, ...rest);
            stuck = true;
            field().select();
        } else if (rest.length) {
            waiting.push(...rest);
            keep(waiting[0], new Error('your login had ended'));
        }
        field().focus();
    }

    // In the name of the table, or in the list of carriers, people type what they mean.
    function isIdle() {
        return !document.activeElement?.matches('input, select') && document.activeElement !== field();
    }

    function submit(event) {
        if (event.target.matches('.pack-table')) {
            return;
        }
        event.preventDefault();
        const act = event.submitter?.value || 'scan';
        const code = act === 'scan' ? field().value.trim() : '';
        if (act === 'scan') {
            field().value = '';
        }
        enter(code, act, event.target);
    }

    // What others scan of this order is seen within seconds; what is typed here is never touched.
    async function look() {
        if (document.hidden || sending || stuck || waiting.length || field().value || !document.querySelector('.pack-head')) {
            return;
        }
        const asked = shown;
        try {
            const answer = await fetch(location.href, {signal: AbortSignal.timeout(PATIENCE)});
            const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
            const fresh = page.querySelector('.pack-order');
            const idle = shown === asked && !sending && !waiting.length && !field().value && document.activeElement?.matches('#code, body');
            const bars = page.querySelector('.pack-bars');
            const changed = fresh && (fresh.innerHTML !== document.querySelector('.pack-order').innerHTML
                || bars.innerHTML !== document.querySelector('.pack-bars').innerHTML);
            const before = document.querySelectorAll('.pack-bar.is-bad').length;
            if (answer.ok && idle && changed) {
                show(page, new URL(answer.url));
                beep(document.querySelectorAll('.pack-bar.is-bad').length > before ? 'bad' : '');
            }
        } catch {
            // The next scan says whether there is a connection.
        }
    }

    document.addEventListener('submit', submit);
    document.addEventListener('keydown', key);
    document.addEventListener('click', event => event.target.closest('a, button, input, select, label') || field().focus());
    window.addEventListener('pageshow', event => event.persisted && location.reload());
    window.addEventListener('beforeunload', event => waiting.length && !leaving && event.preventDefault());
    begin(); // The page is there (`defer`), its pictures need not be.
    setInterval(look, LOOK);
}
