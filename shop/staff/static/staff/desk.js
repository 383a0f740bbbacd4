// What Django's admin leaves out for those who use the keyboard or hear the page. It works without this file, too.
'use strict';
{
    const SCROLLING = '.inline-group, #changelist-form .results, .desk-scroll, .desk-destinations, .desk-deeds';

    // A table that is wider than the window scrolls by the arrow keys once it has the focus.
    function letScroll() {
        for (const region of document.querySelectorAll(SCROLLING)) {
            region.tabIndex = region.scrollWidth > region.clientWidth ? 0 : -1;
        }
    }

    // The signs beside the lists of groups and permissions have a label, which a span without a role may not have.
    function nameSigns() {
        for (const sign of document.querySelectorAll('span.help-tooltip[aria-label]')) {
            sign.setAttribute('role', 'img');
        }
    }

    window.addEventListener('load', () => setTimeout(() => { letScroll(); nameSigns(); }));
    window.addEventListener('resize', letScroll);
}
