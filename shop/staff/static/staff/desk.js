// What Django's admin leaves out for those who use the keyboard or hear the page. It works without this file, too.
'use strict';
{
    const SCROLLING = '.inline-group, #changelist-form .results, .desk-scroll, .desk-destinations, .desk-deeds';
    const UNANSWERED = 10000; // milliseconds

    // A table that is wider than its window scrolls by the arrow keys: it can have the focus from the start, whatever
    // its width is, since a width changes with the window, with a typeface that comes later, and with zoom.
    function letScroll() {
        for (const region of document.querySelectorAll(SCROLLING)) {
            region.tabIndex = 0;
        }
    }

    // The signs beside the lists of groups and permissions have a label, which a span without a role may not have.
    function nameSigns() {
        for (const sign of document.querySelectorAll('span.help-tooltip[aria-label]')) {
            sign.setAttribute('role', 'img');
        }
    }

    // A scan goes somewhere from every page: to the field that finds orders, unless the page has fields of its own.
    function focusOnFind() {
        const own = '#content :is(input:not([type=hidden], [type=checkbox], [type=submit]), select, textarea), [autofocus]';
        if (!document.querySelector(own)) {
            document.getElementById('desk-find')?.focus();
        }
    }

    // "/" goes to the field that finds orders, from wherever nobody is typing.
    function findBySlash(event) {
        const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
        const field = document.getElementById('desk-find');
        if (event.key === '/' && field && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
            event.preventDefault();
            field.focus();
            field.select();
        }
    }

    // A menu closes when one goes elsewhere: with the mouse, or with Escape.
    function closeMenus(event) {
        for (const menu of document.querySelectorAll('details.desk-filter[open], details.desk-user[open]')) {
            if (event.key === 'Escape' || (event.type === 'click' && !menu.contains(event.target))) {
                menu.open = false;
            }
        }
    }

    // Where there is room beside what happened, the slip stands there at once; elsewhere it opens at a click.
    function openSlip() {
        const slip = document.querySelector('details.desk-slip');
        if (slip && window.matchMedia('(min-width: 1200px)').matches) {
            slip.open = true;
        }
    }

    // A button that is pressed twice before the answer is there means one thing: one pick list, one reprint. The second
    // press is heard again if the first leads nowhere.
    let sending = null;

    function sendOnce(event) {
        const form = event.target;
        if (form.method !== 'post' || form.target || event.defaultPrevented) {
            return;
        }
        if (sending) {
            event.preventDefault();
            return;
        }
        document.documentElement.classList.add('is-sending');
        sending = setTimeout(hearAgain, UNANSWERED);
    }

    function hearAgain() {
        clearTimeout(sending);
        sending = null;
        document.documentElement.classList.remove('is-sending');
    }

    // A page that the back button shows as it was left is pressed anew, on purpose: the desk does what is sent twice once.
    function pressAnew(event) {
        hearAgain();
        for (const token of event.persisted ? document.querySelectorAll('form[method=post] [name=csrfmiddlewaretoken]') : []) {
            const shown = document.createElement('input');
            Object.assign(shown, {type: 'hidden', name: 'shown', value: Date.now()});
            token.after(shown);
        }
    }

    letScroll();
    openSlip();
    focusOnFind();
    document.addEventListener('submit', sendOnce);
    window.addEventListener('pageshow', pressAnew);
    document.addEventListener('click', closeMenus);
    document.addEventListener('keydown', closeMenus);
    document.addEventListener('keydown', findBySlash);
    window.addEventListener('load', () => setTimeout(nameSigns));
}
