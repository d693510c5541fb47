/** The one style sheet: readable on a phone, in the dark, and on paper; nothing is fetched from elsewhere. */
export const styles = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#515b66;--line:#ccd3da;--paper:#fff;--tint:#f2f5f8;--link:#0b57a4;--dot:#b3261e;--bar:#2b6cb0}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebee;--soft:#b4bdc6;--line:#454d56;--paper:#15191d;--tint:#20262c;--link:#8ec1ff;--dot:#ff8a80;--bar:#7fb2ec}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem}
header,main,footer{max-width:68rem;margin:0 auto;padding:1rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:baseline;border-bottom:1px solid var(--line)}
header .name{font-weight:700;font-size:1.15rem;color:var(--ink);text-decoration:none;flex:1 1 12rem}
nav ul,.plain{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem .9rem;margin:0;padding:0}
h1{font-size:clamp(1.5rem,5vw,2.2rem);line-height:1.2;margin:.6rem 0}
h2{font-size:1.25rem;margin:2rem 0 .6rem}
h3{font-size:1rem;margin:1.1rem 0 .4rem}
.lead{font-size:1.1rem;max-width:46rem}
form.search{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0}
label{font-weight:600;flex-basis:100%}
input,button{font:inherit;padding:.55rem .8rem;border:1px solid var(--soft);border-radius:.4rem;background:var(--paper);color:var(--ink)}
input{flex:1 1 14rem;min-width:0}
button,.button{background:var(--link);border-color:var(--link);color:var(--paper);font-weight:600;cursor:pointer}
.button{display:inline-block;padding:.55rem .9rem;border-radius:.4rem;text-decoration:none;min-height:2.75rem}
.button:hover,button:hover{text-decoration:underline}
.columns{display:grid;grid-template-columns:minmax(0,1fr);gap:2rem}
@media(min-width:52rem){.columns{grid-template-columns:14rem minmax(0,1fr)}}
@media(max-width:51.9rem){.filters{order:2}}
.filters ul{list-style:none;margin:0 0 1rem;padding:0}.filters li{padding:.2rem 0}
.filters [aria-current]{font-weight:700;text-decoration:none;color:var(--ink)}
.datasets{list-style:none;margin:0;padding:0}
.datasets li{border-top:1px solid var(--line);padding:1rem 0}
.datasets h2{margin:0 0 .3rem;font-size:1.15rem}.datasets p{margin:.2rem 0}
.soft{color:var(--soft)}
dl{display:grid;grid-template-columns:minmax(0,1fr);gap:.1rem 1.2rem;margin:0}
@media(min-width:40rem){dl{grid-template-columns:13rem minmax(0,1fr)}}
dt{font-weight:600}dd{margin:0 0 .5rem}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.4rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;padding:.6rem .7rem;color:var(--soft)}
th,td{text-align:left;vertical-align:top;padding:.4rem .7rem;border-top:1px solid var(--line);min-width:6rem;max-width:22rem;overflow-wrap:break-word}
thead th{background:var(--tint);white-space:nowrap}tbody th{font-weight:500;min-width:11rem}td.number{text-align:right;font-variant-numeric:tabular-nums}
pre{background:var(--tint);border:1px solid var(--line);border-radius:.4rem;padding:.7rem;overflow-x:auto;white-space:pre-wrap}
code{user-select:all}
figure{margin:0}figcaption{color:var(--soft);margin:.4rem 0}
svg{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:.4rem;background:var(--tint)}
svg text{fill:var(--soft);font-size:12px;font-family:inherit}
.place{fill:var(--dot);fill-opacity:.65;stroke:var(--paper);stroke-width:.5}
.area{fill:var(--dot);fill-opacity:.18;stroke:var(--dot);stroke-width:1}
.way{fill:none;stroke:var(--dot);stroke-width:1.5}
.grid{stroke:var(--line);stroke-width:1}.bar{fill:var(--bar)}.scale{stroke:var(--ink);stroke-width:2}
footer{border-top:1px solid var(--line);margin-top:3rem}
@media(max-width:40rem){svg text{font-size:22px}}
@media print{.skip,form,.filters,nav,.api{display:none}body{font-size:10pt}a{color:inherit}svg,tr{break-inside:avoid}.scroll{overflow:visible;border:0}
.button,.button:visited{background:none;color:inherit;padding:0;min-height:0;font-weight:400}.button::after{content:' 'attr(href);color:var(--soft)}
table{table-layout:fixed;font-size:6.5pt}th,td,tbody th{min-width:0;max-width:none;padding:.15rem .25rem;overflow-wrap:anywhere}thead th{white-space:normal}}
`;
