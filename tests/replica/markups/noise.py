"""What a page carries besides its words: scripts, comments, adverts, form state."""

VIEWSTATE = "@@VIEWSTATE@@"

FORM_STATE = (
    f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{VIEWSTATE}" />'
    '<input type="hidden" name="__VIEWSTATEGENERATOR" value="5A1C0E7B" />'
    '<input type="hidden" name="__EVENTVALIDATION" value="/wEdAAJQ7c1n" />'
)

HEAD_SCRIPTS = """<script type="text/javascript">
//<![CDATA[
var theForm = document.forms['aspnetForm'];
function __doPostBack(eventTarget, eventArgument) {
    if (!theForm.onsubmit || (theForm.onsubmit() != false)) { theForm.submit(); }
}
if (1 < 2 && window.top != window) { document.write("<p>Other International News</p>"); }
//]]>
</script>
<script async src="https://ads.example.net/tag.js"></script>
<style type="text/css">
.ad:before { content: "Today's News"; }
.box > h2 { margin: 0; }
</style>"""

_BETWEEN = (
    "<!-- Today's News: <p>20 Aug: a draft that nobody is to read.</p> -->",
    """<ins class="adsbygoogle" style="display:block" data-ad-slot="7291"></ins>
<script>(adsbygoogle = window.adsbygoogle || []).push({"t": "© 1999 Nobody"});</script>""",
    "",
    """<iframe src="https://ads.example.net/300x250.html" width="300" height="250"
frameborder="0" scrolling="no">Your browser does not show frames.</iframe>""",
    """<noscript><img src="https://count.example.net/p.gif" width="1" height="1" alt="">
Please turn on scripts to vote in our poll.</noscript>""",
    "",
    """<script type="text/javascript">var poll = '<div>Top Stories</div>';</script>""",
)


def between(place: int) -> str:
    """What stands after the paragraph at a place: often nothing."""
    return _BETWEEN[place % len(_BETWEEN)] if place % 2 else ""
