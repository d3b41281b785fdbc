"""The page's style: readable on a wide screen, a small one, in the dark and on paper; no script, no font to load."""

STYLE = """
:root{--ink:#1b1f24;--soft:#57606a;--paper:#f3f5f7;--card:#fff;--line:#d5dbe1;--off:#e6eaee;--free:#fff;--accent:#0b5cad;
 --drive:#8a96a3;--break:#c5ccd4;--bad:#b42318}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecf0;--soft:#a3adb8;--paper:#14181c;--card:#1d2329;--line:#39424c;
 --off:#171c21;--free:#262e36;--accent:#7cb7f2;--drive:#8794a1;--break:#4a5561;--bad:#ff9b90}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
header,main{max-width:1440px;margin:0 auto;padding:0 24px}
header{padding-top:28px}
h1{margin:0;font-size:28px;letter-spacing:-.01em}
h2{margin:0 0 12px;font-size:18px}
p.soft,.soft{color:var(--soft);margin:4px 0 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:20px 0}
.tile,section{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tile{padding:12px 16px}
.tile b{display:block;font-size:24px;line-height:1.2;font-variant-numeric:tabular-nums}
.tile.bad b{color:var(--bad)}
.tile span{color:var(--soft);font-size:13px}
section{padding:18px 20px;margin:0 0 18px;overflow-x:auto}
input.pick{position:absolute;opacity:0;width:1px;height:1px}
nav{display:flex;flex-wrap:wrap;gap:6px;margin:0 0 12px}
nav label{padding:6px 14px;border:1px solid var(--line);border-radius:999px;background:var(--card);cursor:pointer}
.day{display:none}
.legend{display:flex;flex-wrap:wrap;gap:6px 18px;margin:10px 0 0;padding:0;list-style:none;
 font-size:13px;color:var(--soft)}
.legend i{display:inline-block;width:14px;height:14px;border-radius:3px;margin-right:6px;vertical-align:-2px}
.legend svg{display:inline-block;width:26px;height:10px;margin-right:6px;vertical-align:1px}
svg.wide{display:block;width:100%;min-width:900px;height:auto}
svg text{font:12px system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--ink)}
svg .hour{fill:var(--soft);font-size:11px}
svg .grid{stroke:var(--line)}
svg .off{fill:var(--off)} svg .free{fill:var(--free)}
svg .drive{fill:var(--drive)} svg .break{fill:var(--break)} svg .restock{fill:var(--soft)}
svg .locked{stroke:var(--ink);stroke-width:2.5}
svg .ground{fill:var(--off)}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:6px 10px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
th{position:sticky;top:0;background:var(--card);color:var(--soft);font-weight:600;white-space:nowrap}
td.n{text-align:left}
a{color:var(--accent)}
details>summary{cursor:pointer;font-weight:600;font-size:18px}
details[open]>summary{margin-bottom:12px}
footer{max-width:1440px;margin:0 auto;padding:0 24px 28px;color:var(--soft);font-size:13px}
@media print{.day{display:block!important;break-after:page}nav{display:none}body{background:#fff}}
"""


def day_rules(count: int) -> str:
    """Which day is shown follows from the picked radio button, without a script."""
    shown = ",".join(f"#day{n}:checked~.day.d{n}" for n in range(count))
    picked = ",".join(f'#day{n}:checked~nav label[for="day{n}"]' for n in range(count))
    focus = ",".join(f'#day{n}:focus-visible~nav label[for="day{n}"]' for n in range(count))
    if not count:
        return ""
    return (
        f"{shown}{{display:block}}{picked}{{background:var(--accent);color:var(--card);border-color:var(--accent)}}"
        f"{focus}{{outline:3px solid var(--accent);outline-offset:2px}}"
    )
