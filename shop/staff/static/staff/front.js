// Refreshes the front page every half minute, not while nobody looks. It works without this file, too.
'use strict';
{
    const front = document.getElementById('front'), stale = document.getElementById('front-stale');
    const PATIENCE = 10000;
    let busy = false;

    const seconds = () => Number(front.querySelector('[data-again]').dataset.again);

    function sayWhen() {
        front.querySelector('[data-again]').textContent = `, again in ${seconds()} s`;
    }

    // Where the keyboard is, so that it is there again afterwards: by what a button or link says, and which of these.
    function place() {
        const named = [...front.querySelectorAll('a, button, summary')], at = named.indexOf(document.activeElement);
        return at < 0 ? null : said(named[at]);
    }

    const said = element => element.getAttribute('aria-label') || element.textContent.trim();

    function put(html) {
        const before = place(), open = front.querySelector('details')?.open;
        front.innerHTML = html;
        if (open) front.querySelector('details').open = true;
        const again = before && [...front.querySelectorAll('a, button, summary')].find(one => said(one) === before);
        if (again) again.focus({preventScroll: true});
        stale.hidden = true;
        sayWhen();
    }

    function complain() {
        const since = document.getElementById('front-as-of').textContent;
        stale.textContent = `Not refreshed since ${since}: the desk does not answer, or you are logged out.`;
        stale.hidden = false;
        front.querySelector('[data-again]').textContent = '';
    }

    async function refresh() {
        if (busy || document.hidden) return;
        busy = true;
        try {
            const answer = await fetch(front.dataset.again, {redirect: 'error', signal: AbortSignal.timeout(PATIENCE)});
            if (!answer.ok) throw new Error(answer.status);
            put(await answer.text());
        } catch {
            complain();
        } finally {
            busy = false;
        }
    }

    if (front) {
        let last = Date.now();
        sayWhen();
        setInterval(() => {
            if (Date.now() - last >= seconds() * 1000 && !document.hidden) {
                last = Date.now();
                refresh();
            }
        }, 1000);
        document.addEventListener('visibilitychange', () => {
            if (!document.hidden && Date.now() - last >= seconds() * 1000) {
                last = Date.now();
                refresh();
            }
        });
    }
}
