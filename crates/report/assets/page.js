
'use strict';
(() => {
  const byId = id => document.getElementById(id);
  const read = id => JSON.parse(byId(id).textContent);
  const data = read('data');
  const PAGE = 25;

  // Every text of a sample goes in as text: this is the only way in which elements are made.
  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const draw = (name, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  /* A poem, scanned. */
  const rhythm = (real, met) => {
    let strokes = '', dots = '', off = 0;
    for (let i = 0; i < real.length; i++) {
      const x = 9 * i + 4;
      strokes += real[i] === 's' ? `M${x} 2v12` : `M${x} 10v4`;
      if (met && real[i] !== met[i]) { dots += `M${x} 19h0`; off++; }
    }
    const width = 9 * real.length;
    const spoken = [...real].map(letter => letter === 's' ? 'stressed' : 'unstressed').join(' ');
    const svg = draw('svg', { class: 'rhythm', viewBox: `0 0 ${width} 22`, width, role: 'img', 'aria-label': `${real.length} syllables: ${spoken}${off ? `; ${off} leave the metre` : ''}` });
    svg.append(draw('path', { class: 'real', d: strokes }), draw('path', { class: 'off', d: dots }));
    return svg;
  };
  const line = ([words, real, met, letter, rhymeClass, end], scanned) => {
    const row = make('div', 'line');
    const mark = make('span', letter === 'x' || !letter ? 'letter none' : 'letter', letter === 'x' || !letter ? '·' : letter);
    if (rhymeClass) mark.title = `${rhymeClass} rhyme on ${end}`;
    const said = make('span', 'words', words);
    said.dir = 'auto';
    row.append(mark, said);
    if (scanned && real) row.append(rhythm(real, met));
    if (scanned && real) row.append(make('span', 'class', rhymeClass && rhymeClass !== 'perfect' ? `${real.length} · ${rhymeClass}` : `${real.length}`));
    row.dataset.letter = letter;
    return row;
  };
  const poem = (text, most, scanned) => {
    const box = make('div', 'poem');
    if (!text.stanzas.length) {
      const raw = make('div', 'raw', text.raw);
      raw.dir = 'auto';
      box.append(raw);
    }
    let left = most;
    for (const stanza of text.stanzas) {
      if (left <= 0) break;
      const part = make('div', 'stanza');
      for (const each of stanza.slice(0, left)) part.append(line(each, scanned));
      left -= stanza.length;
      box.append(part);
    }
    if (left < 0) box.append(make('p', 'soft', `and ${-left} more lines`));
    else if (text.cut) box.append(make('p', 'soft', text.cut));
    box.addEventListener('pointerover', event => {
      const over = event.target.closest('.line');
      const letter = over && over.dataset.letter;
      for (const row of box.querySelectorAll('.line')) row.classList.toggle('mates', !!letter && letter !== 'x' && row.dataset.letter === letter);
    });
    box.addEventListener('pointerleave', () => { for (const row of box.querySelectorAll('.mates')) row.classList.remove('mates'); });
    return box;
  };
  const meta = text => [text.form, text.scheme, text.metre].filter(Boolean).join(' · ');

  /* The table of texts. */
  const body = byId('table').tBodies[0];
  const lineOf = text => (text.stanzas.length ? text.stanzas[0][0][0] : text.raw.trimStart().split('\n')[0]) || '';
  const haystacks = data.texts.map(text => [text.id, text.prompt, text.form, text.scheme, text.metre, text.raw, ...text.stanzas.flat().map(each => each[0])].join('\n').toLowerCase());
  let matches = data.texts.map((_, i) => i), shown = 0;
  const opened = i => {
    const text = data.texts[i], row = make('tr', 'opened'), cell = make('td');
    cell.colSpan = 5;
    row.id = `opened-${i}`;
    if (text.prompt) { const asked = make('p', 'meta', `asked: ${text.prompt}`); asked.dir = 'auto'; cell.append(asked); }
    cell.append(make('p', 'meta', meta(text)));
    if (text.reasons.length) cell.append(make('p', 'meta', `read so because: ${text.reasons.join('; ')}`));
    for (const [kind, aside] of text.aside) cell.append(make('p', 'meta', `set aside (${kind}): ${aside}`));
    const box = make('div', 'tall');
    box.tabIndex = 0;
    box.setAttribute('role', 'region');
    box.setAttribute('aria-label', `Text of ${text.id}`);
    box.append(poem(text, Infinity, true));
    cell.append(box);
    row.append(cell);
    return row;
  };
  const toggle = (button, i) => {
    const row = button.closest('tr'), open = button.getAttribute('aria-expanded') === 'true';
    if (open) row.nextElementSibling.remove(); else row.after(opened(i));
    button.setAttribute('aria-expanded', String(!open));
  };
  const addRows = () => {
    for (const i of matches.slice(shown, shown + PAGE)) {
      const text = data.texts[i], row = make('tr'), cell = make('td'), button = make('button', 'stranger', text.id);
      row.id = `text-${i}`;
      button.type = 'button';
      button.setAttribute('aria-expanded', 'false');
      button.addEventListener('click', () => toggle(button, i));
      cell.append(button);
      const begins = make('td', 'begins', lineOf(text).slice(0, 160));
      begins.dir = 'auto';
      row.append(cell, begins, make('td', '', text.form), make('td', 'code wide-only', text.scheme.length > 28 ? text.scheme.slice(0, 27) + '…' : text.scheme), make('td', 'wide-only', text.metre));
      body.append(row);
    }
    shown = Math.min(matches.length, shown + PAGE);
    byId('more').hidden = shown >= matches.length;
    byId('found').textContent = matches.length === data.texts.length ? `${matches.length} texts` : `${matches.length} of ${data.texts.length}`;
  };
  const list = indices => { matches = indices; shown = 0; body.replaceChildren(); addRows(); };
  byId('query').addEventListener('input', event => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    list(data.texts.map((_, i) => i).filter(i => words.every(word => haystacks[i].includes(word))));
  });
  byId('more').addEventListener('click', addRows);
  const open = i => {
    if (!matches.includes(i)) { byId('query').value = ''; list(data.texts.map((_, j) => j)); }
    while (shown <= matches.indexOf(i)) addRows();
    const row = byId(`text-${i}`), button = row.querySelector('button');
    if (button.getAttribute('aria-expanded') !== 'true') toggle(button, i);
    row.scrollIntoView({ block: 'start', behavior: 'instant' });
    button.focus({ preventScroll: true });
  };
  const fromAddress = () => {
    const match = /^#text-(\d+)$/.exec(location.hash);
    if (match && data.texts[+match[1]]) open(+match[1]);
  };
  list(matches);
  addEventListener('hashchange', fromAddress);
  document.addEventListener('click', event => {
    const link = event.target.closest('a[href^="#text-"]');
    if (link && link.getAttribute('href') === location.hash) { event.preventDefault(); fromAddress(); }
  });

  /* The map. */
  const map = byId('map');
  if (map) {
    const plot = byId('plot'), here = byId('here'), panel = byId('panel'), box = plot.viewBox.baseVal;
    const points = [];
    const take = (flat, sample) => {
      for (let i = 0; i < flat.length; i += 4) points.push({ x: flat[i], y: flat[i + 1], at: flat[i + 2], mode: data.modes[flat[i + 3]], sample });
    };
    take(data.reference, false);
    take(data.samples, true);
    let current = null, pinned = false;
    const show = point => {
      current = point;
      here.setAttribute('cx', point.x);
      here.setAttribute('cy', point.y);
      panel.className = point.sample ? 'panel sample' : 'panel work';
      const parts = [];
      if (point.sample) {
        const text = data.texts[point.at];
        const title = make('h3', 'stranger');
        if (text) {
          const link = make('a', '', text.id);
          link.href = `#text-${point.at}`;
          title.append(link);
          parts.push(title, make('p', 'meta', meta(text)), poem(text, 16, false));
        } else {
          title.textContent = 'a sample';
          parts.push(title, make('p', 'soft', `${point.mode}; its text is not in this page`));
        }
      } else {
        const work = data.works[point.at];
        if (work) {
          const [author, name, year, scheme, text] = work;
          parts.push(make('h3', 'stranger', `${name || 'untitled'}${year ? ` (${year})` : ''}`), make('p', 'stranger', author), make('p', 'meta', [point.mode, scheme].filter(Boolean).join(' · ')));
          if (text) { const raw = make('div', 'raw', text); raw.dir = 'auto'; parts.push(raw); }
        } else parts.push(make('h3', '', 'a text of the reference'), make('p', 'meta', point.mode));
      }
      panel.replaceChildren(...parts);
      panel.scrollTop = 0;
    };
    const nearest = (x, y, among = points) => {
      let best = null, least = Infinity;
      for (const point of among) {
        const d = (point.x - x) ** 2 + (point.y - y) ** 2;
        if (d <= least) { least = d; best = point; }
      }
      return [best, Math.sqrt(least)];
    };
    const under = event => {
      const rect = plot.getBoundingClientRect();
      return [(event.clientX - rect.left) / rect.width * box.width, (event.clientY - rect.top) / rect.height * box.height];
    };
    const look = event => {
      const [point, distance] = nearest(...under(event));
      if (point && distance < 40 && point !== current) show(point);
    };
    map.addEventListener('pointermove', event => { if (!pinned && event.pointerType === 'mouse') look(event); });
    map.addEventListener('click', event => { pinned = false; look(event); pinned = true; });
    map.addEventListener('pointerleave', () => { pinned = false; });
    map.addEventListener('keydown', event => {
      const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (event.key === 'Enter' && current && current.sample && data.texts[current.at]) { location.hash = `text-${current.at}`; return; }
      const way = ways[event.key];
      if (!way) return;
      event.preventDefault();
      if (!current) { show(points[points.length - 1]); return; }
      let best = null, least = Infinity;
      for (const point of points) {
        const dx = point.x - current.x, dy = point.y - current.y, along = dx * way[0] + dy * way[1];
        if (along <= 0) continue;
        const across = Math.abs(dx * way[1]) + Math.abs(dy * way[0]), cost = along + 2.5 * across;
        if (cost < least) { least = cost; best = point; }
      }
      if (best) show(best);
    });

    /* Until the reader points somewhere: the sample nearest to the middle of all samples. */
    const samples = points.filter(point => point.sample);
    if (samples.length) {
      const middle = key => samples.map(point => point[key]).sort((a, b) => a - b)[samples.length >> 1];
      show(nearest(middle('x'), middle('y'), samples)[0]);
    }

    if (data.canvas) {
      const canvas = byId('points');
      const paint = () => {
        const rect = canvas.getBoundingClientRect(), scale = Math.max(2, devicePixelRatio || 1);
        canvas.width = rect.width * scale;
        canvas.height = rect.height * scale;
        const pen = canvas.getContext('2d'), k = canvas.width / box.width, colours = getComputedStyle(document.documentElement);
        const grow = rect.width < 500 ? 1.6 : 1;
        for (const point of points) {
          const x = point.x * k, y = point.y * k, r = (point.sample ? 3 : 2) * k * grow;
          pen.fillStyle = colours.getPropertyValue(point.sample ? '--these' : '--people');
          pen.globalAlpha = point.sample ? .5 : .6;
          pen.beginPath();
          if (point.sample) { pen.moveTo(x - r, y); pen.lineTo(x, y - r); pen.lineTo(x + r, y); pen.lineTo(x, y + r); pen.closePath(); }
          else pen.arc(x, y, r, 0, 7);
          pen.fill();
        }
      };
      paint();
      addEventListener('resize', paint);
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
      addEventListener('beforeprint', paint);
    }
  }

  /* The figures as a file. */
  const button = byId('download');
  button.hidden = false;
  button.addEventListener('click', () => {
    const link = make('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(read('comparison'), null, 2) + '\n'], { type: 'application/json' }));
    link.download = 'comparison.json';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });

  addEventListener('beforeprint', () => { for (const each of document.querySelectorAll('.cards details')) each.open = true; });
  fromAddress();
})();
