"use strict";
// Writes the letter as bot/letters.py does; a test holds that both write the same. Everything that a person types or
// that stands behind # is put into the page as text, never as HTML, and leaves it only by the person's own tap.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const LINK_LIMIT = 1800; // characters of a mailto link that all mail programs take (RFC 6068 names none)
  const KINDS = ["objection", "reminder", "refusal", "details", "complaint"];
  const WHO = ["me", "child", "none"];
  const PURPOSES = ["own", "third-party", "ai-answer", "general", "erasure"];
  const OUTCOMES = ["silence", "refused", "insufficient"];
  const FIELDS = ["name", "child", "account", "email", "address"];
  const ELSEWHERE = "ZZ";
  const state = { language: "en", kind: "objection", company: Object.keys(data.companies)[0], country: "", who: "me",
    purpose: "own", services: [], outcome: "silence", version: "mine" };
  let edited = false;

  // -- the link

  function fromLink() {
    const text = location.hash.slice(1);
    if (text === "") return true;
    if (text.length > 300) return false;
    const told = new URLSearchParams(text);
    const company = data.companies[own(data.companies, told.get("c"))];
    const keys = [...told.keys()];
    const fits = told.get("v") === "1" && company !== undefined && new Set(keys).size === keys.length &&
      keys.every((key) => "vctwpslk".includes(key) && key.length === 1) &&
      allowed(told.get("t"), KINDS) && allowed(told.get("w"), WHO) && allowed(told.get("p"), PURPOSES) &&
      allowed(told.get("l"), Object.keys(data.languages)) && allowed(told.get("k"), data.countries) &&
      /^[0-9]{0,10}$/.test(told.get("s") || "");
    if (!fits) return false;
    const names = Object.keys(company.services);
    const digits = [...(told.get("s") || "")].map(Number);
    if (digits.some((digit) => digit >= names.length)) return false;
    state.company = told.get("c");
    state.kind = told.get("t") || state.kind;
    state.who = told.get("w") || state.who;
    state.purpose = told.get("p") || state.purpose;
    state.language = told.get("l") || state.language;
    state.country = told.get("k") || "";
    state.services = digits.map((digit) => names[digit]);
    return true;
  }

  const allowed = (value, values) => value === null || values.includes(value);
  const own = (object, key) => (Object.prototype.hasOwnProperty.call(object, key) ? key : "");

  function fromBrowser() {
    for (const wished of navigator.languages || []) {
      const code = wished.slice(0, 2).toLowerCase();
      if (own(data.languages, code)) return code;
    }
    return "en";
  }

  // -- words

  const words = () => data.languages[state.language];
  const fill = (text, values) => text.replace(/\{([a-z_]+)\}/g, (all, name) => (own(values, name) ? values[name] : all));

  function at(object, path) {
    return path.split(".").reduce((value, key) => value[key], object);
  }

  function inWords(day, language) {
    const { dates } = data.languages[language];
    const [year, month, date] = day.split("-").map(Number);
    if (!month) return String(year);
    if (!date) return fill(dates.month, { month: dates.months_alone[month - 1], year: String(year) });
    return fill(dates.full, { day: String(date), month: dates.months[month - 1], year: String(year) });
  }

  // -- law and days (bot/law.py)

  function law() {
    if (state.country === "" || data.eea.includes(state.country)) return "eea";
    return { GB: "uk", CH: "ch" }[state.country] || "other";
  }

  function monthsOn(day, months) {
    const [year, month, date] = day.split("-").map(Number);
    const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
    const end = new Date(Date.UTC(year, month - 1 + months, Math.min(date, last)));
    end.setUTCDate(end.getUTCDate() + ({ 6: 2, 0: 1 }[end.getUTCDay()] || 0));
    return end.toISOString().slice(0, 10);
  }

  function due(day) {
    if (law() === "ch") return new Date(Date.parse(day) + 30 * 86400000).toISOString().slice(0, 10);
    return monthsOn(day, 1);
  }

  function sentDay() {
    return /^20\d\d-\d\d-\d\d$/.test($("sent").value) ? $("sent").value : "";
  }

  // -- the letter (bot/letters.py)

  function typed() {
    const values = {};
    for (const name of FIELDS) values[name] = $(`f-${name}`).value.trim();
    if (state.who !== "child") values.child = "";
    return values;
  }

  function values(language) {
    const company = data.companies[state.company];
    const day = sentDay();
    return {
      company: company.name, legal_name: company.legal_name, address: company.address_line,
      services: state.services.map((name) => company.services[name].name).join(", ") || company.name,
      sent: day ? inWords(day, language) : "…", due: day ? inWords(due(day), language) : "…",
    };
  }

  function write(language) {
    const texts = data.languages[language].letters;
    const known = values(language);
    const place = law();
    const purpose = state.who === "none" && state.purpose === "own" ? "third-party" : state.purpose;
    const lines = [];
    const reasons = {};
    if (state.kind === "complaint") {
      lines.push(texts.dear_authority, ...texts.complaint.opening[place], texts.who[state.who],
        texts.complaint[state.outcome], texts.purposes[purpose], ...texts.complaint.asks[place]);
    } else if (state.kind === "objection") {
      const erasure = state.purpose === "erasure";
      const [first, ...rest] = (erasure ? texts.erasure : texts.objection)[place];
      lines.push(texts.dear_company, texts.who[state.who], first, texts.purposes[purpose], reasons, ...rest);
      if (!erasure) lines.push(...texts.demands[place]);
    } else {
      lines.push(texts.dear_company, texts.who[state.who], ...texts[state.kind][place]);
    }
    const body = [];
    for (const line of lines) {
      if (line === reasons) body.push(...reasonLines(texts));
      else body.push(fill(line, known));
    }
    const below = belowLines(texts);
    if (below) body.push(below);
    body.push(texts.closing);
    if (typed().name) body.push(typed().name);
    const subject = state.kind === "objection" && state.purpose === "erasure" ? "erasure" : state.kind;
    return { subject: fill(texts.subjects[subject], known), text: body.join("\n\n") };
  }

  function belowLines(texts) {
    const told = typed();
    return FIELDS.filter((name) => told[name]).map((name) => fill(texts.fields[name], { value: told[name] })).join("\n");
  }

  function reasonLines(texts) {
    const chosen = [...document.querySelectorAll("#reasons input:checked")]
      .map((box) => `- ${texts.reasons[box.value].text}`).join("\n");
    const mine = $("own").value.trim();
    return [...(chosen || mine ? [texts.reasons_intro] : []), ...(chosen ? [chosen] : []), ...(mine ? [mine] : [])];
  }

  function shortLetter(language) {
    const texts = data.languages[language].letters;
    return [texts.short[state.who][law()], belowLines(texts), typed().name].filter(Boolean).join("\n\n");
  }

  const single = () => state.language === "en";
  const mine = () => ({ subject: $("subject").textContent, text: $("letter").value });
  const english = () => ({ subject: $("subject-en").textContent, text: $("letter-en").value });

  function chosen() {
    if (single() || state.version === "mine") return mine();
    if (state.version === "english") return english();
    return { subject: `${mine().subject} / ${english().subject}`, text: `${mine().text}\n\n* * *\n\n${english().text}` };
  }

  // -- ways to send

  function routes() {
    const company = data.companies[state.company];
    let found = [];
    if (state.who === "none") found = company.purposes["no-account"] || company.purposes["third-party"] || [];
    else if (state.purpose !== "own") found = company.purposes[state.purpose] || [];
    else {
      const lists = state.services.map((name) => company.services[name].routes);
      for (let depth = 0; lists.some((list) => depth < list.length); depth += 1) {
        for (const list of lists) if (depth < list.length) found = [...found, list[depth]];
      }
    }
    return [...new Set(found)].map((name) => company.routes[name]);
  }

  function mailAddress() {
    if (state.kind === "complaint") return "";
    const withMail = Object.values(data.companies[state.company].routes).find((route) => route.email);
    return withMail ? withMail.email : "";
  }

  function links(to, letter) {
    const body = encodeURIComponent(letter.text.replace(/\n/g, "\r\n"));
    const subject = encodeURIComponent(letter.subject);
    const address = encodeURIComponent(to);
    return {
      mailto: `mailto:${address.replace("%40", "@")}?subject=${subject}&body=${body}`,
      gmail: `https://mail.google.com/mail/?view=cm&fs=1&to=${address}&su=${subject}&body=${body}`,
      outlook: `https://outlook.live.com/mail/0/deeplink/compose?to=${address}&subject=${subject}&body=${body}`,
    };
  }

  function mailLinks(to) {
    const wanted = [chosen(), mine(), english()];
    if (state.kind === "objection") {
      wanted.push({ subject: mine().subject, text: shortLetter(state.language) });
      wanted.push({ subject: english().subject, text: shortLetter("en") });
    }
    wanted.push({ subject: english().subject, text: "" });
    const made = wanted.map((letter) => links(to, letter));
    const index = made.findIndex((ways) => Object.values(ways).every((link) => link.length <= LINK_LIMIT));
    return { ways: made[index === -1 ? made.length - 1 : index], whole: index === 0 };
  }

  // -- showing

  function element(tag, text, attributes) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    return made;
  }

  function options(id, pairs, value) {
    $(id).replaceChildren(...pairs.map(([code, label]) => {
      const option = element("option", label, { value: code });
      option.selected = code === value;
      return option;
    }));
  }

  function boxes(id, pairs, checked, prefix) {
    const kept = new Set(checked);
    $(id).replaceChildren(...pairs.map(([code, label]) => {
      const row = element("p");
      const box = element("input", "", { type: "checkbox", id: `${prefix}-${code}`, value: code });
      box.checked = kept.has(code);
      row.append(box, element("label", label, { for: `${prefix}-${code}` }));
      return row;
    }));
  }

  function relabel() {
    const { page, countries, letters } = words();
    document.documentElement.lang = state.language;
    document.title = page.headings.title;
    for (const node of document.querySelectorAll("[data-t]")) node.textContent = at(page, node.dataset.t);
    const label = page.labels;
    const company = data.companies[state.company];
    options("language", Object.entries(data.languages).map(([code, each]) => [code, each.name]), state.language);
    options("kind", KINDS.map((kind) => [kind, label[kind]]), state.kind);
    options("company", Object.entries(data.companies).map(([id, each]) => [id, each.name]), state.company);
    const names = data.countries.filter((code) => code !== ELSEWHERE).map((code) => [code, countries[code]]);
    names.sort((a, b) => a[1].localeCompare(b[1], state.language));
    options("country", [["", "…"], ...names, [ELSEWHERE, label.elsewhere]], state.country);
    options("who", WHO.map((who) => [who, label[who]]), state.who);
    const about = PURPOSES.filter((purpose) => purpose === "own" || own(company.purposes, purpose));
    if (!about.includes(state.purpose)) state.purpose = "own";
    options("purpose", about.map((purpose) => [purpose, letters.about[purpose]]), state.purpose);
    options("outcome", OUTCOMES.map((outcome) => [outcome, label[outcome]]), state.outcome);
    options("version", ["mine", "english", "both"].map((version) => [version, label[version]]), state.version);
    boxes("services", Object.entries(company.services).map(([id, each]) => [id, each.name]), state.services, "s");
    const marked = [...document.querySelectorAll("#reasons input:checked")].map((box) => box.value);
    boxes("reasons", Object.entries(words().letters.reasons).map(([id, each]) => [id, each.label]), marked, "r");
  }

  function show() {
    const { page } = words();
    const place = law();
    const none = place === "other";
    $("law").textContent = page.notes[`law_${place}`];
    $("purpose-row").hidden = state.who === "none";
    $("services-row").hidden = state.who === "none" || state.purpose !== "own";
    $("outcome-row").hidden = state.kind !== "complaint";
    $("child-row").hidden = state.who !== "child";
    $("reasons-part").hidden = none || state.kind !== "objection";
    $("reasons-note").hidden = state.company !== "meta";
    $("letter-part").hidden = none;
    $("you").hidden = none;
    $("english-part").hidden = $("version-row").hidden = single();
    $("letters").classList.toggle("single", single());
    if (!none && !edited) {
      for (const [language, suffix] of [[state.language, ""], ["en", "-en"]]) {
        const letter = write(language);
        $(`subject${suffix}`).textContent = letter.subject;
        $(`letter${suffix}`).value = letter.text;
      }
    }
    $("edited").hidden = !edited;
    showSending(page, none);
    showAfter(page, none);
  }

  function showSending(page, none) {
    const company = data.companies[state.company];
    const complaint = state.kind === "complaint";
    const parts = complaint ? authorityParts(page) : routeParts(page);
    $("routes").replaceChildren(...parts);
    const to = none ? "" : complaint ? authorityMail() : mailAddress();
    $("mail").hidden = !to;
    $("no-mail").hidden = Boolean(to) || complaint;
    $("no-mail").textContent = fill(page.notes.no_email, { company: company.name });
    $("post").hidden = complaint;
    $("post-to").textContent = company.address;
    if (!to) {
      for (const id of ["mailto", "gmail", "outlook"]) $(id).removeAttribute("href");
      return;
    }
    $("mail-to").textContent = fill(page.notes.email, { email: to });
    const { ways, whole } = mailLinks(to);
    for (const [id, link] of Object.entries(ways)) $(id).href = link;
    $("mail-short").hidden = whole;
  }

  function routeParts(page) {
    const parts = [];
    routes().forEach((route, index) => {
      const box = element("div");
      if (index === 0) box.append(element("p", page.notes.form));
      const row = element("p", "", { class: "buttons" });
      row.append(element("a", `${page.labels.open_form} ${index ? index + 1 : ""}`.trim(),
        { href: route.url, rel: "noreferrer", target: "_blank", class: index ? "" : "main" }));
      box.append(row);
      const notes = [fill(page.notes.named, { who: route.named_by, date: inWords(route.named_on, state.language) })];
      if (route.login === "yes") notes.unshift(page.notes.login);
      box.append(element("p", notes.join(" "), { class: "quiet" }));
      parts.push(box);
    });
    return parts;
  }

  const authorities = () => data.authorities.filter((each) => each.country === state.country);

  function authorityParts(page) {
    return authorities().map((authority) => {
      const box = element("div");
      const name = authority.region ? `${authority.name} (${authority.region})` : authority.name;
      box.append(element("p", fill(page.notes.authority, { authority: name })));
      const row = element("p", "", { class: "buttons" });
      row.append(element("a", page.labels.complaint_page,
        { href: authority.complaint_url || authority.url, rel: "noreferrer", target: "_blank" }));
      box.append(row);
      if (!authority.complaint_url) box.append(element("p", page.notes.no_complaint_page, { class: "quiet" }));
      return box;
    });
  }

  function authorityMail() {
    const found = authorities();
    return found.length === 1 ? found[0].email || "" : "";
  }

  function showAfter(page, none) {
    const day = sentDay();
    $("after-part").hidden = none || state.kind === "complaint";
    $("calendar").disabled = !day;
    if (!day) {
      $("due").textContent = page.notes.sent_first;
      $("due-sum").replaceChildren();
      return;
    }
    const told = { sent: inWords(day, state.language), due: inWords(due(day), state.language),
      longest: inWords(monthsOn(day, 3), state.language) };
    const swiss = law() === "ch";
    $("due").textContent = fill(swiss ? page.notes.due_ch : page.notes.due, told);
    const sum = swiss ? [] : [page.notes.due_why, page.notes.due_weekend, fill(page.notes.due_longer, told)];
    $("due-sum").replaceChildren(...sum.map((line) => element("p", line)));
  }

  // -- what buttons do

  async function copy() {
    const letter = chosen();
    const { notes } = words().page;
    try {
      await navigator.clipboard.writeText(`${letter.subject}\n\n${letter.text}`);
      $("status").textContent = notes.copied;
    } catch {
      $("letter").focus();
      $("letter").select();
      $("status").textContent = notes.not_copied;
    }
  }

  function save(name, type, content) {
    const link = element("a", "", { download: name, href: URL.createObjectURL(new Blob([content], { type })) });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function today() {
    const now = new Date();
    return new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())).toISOString().slice(0, 10);
  }

  function print() {
    const company = data.companies[state.company];
    const two = !single() && state.version === "both";
    const pages = two ? [[mine(), state.language], [english(), "en"]]
      : [[chosen(), !single() && state.version === "english" ? "en" : state.language]];
    $("printed").replaceChildren(...pages.map(([letter, language], index) => {
      const sheet = element("div", "", { lang: language, class: index ? "next" : "" });
      const to = state.kind === "complaint" ? authorities().map((each) => each.name).slice(0, 1).join("") : company.address;
      sheet.append(element("div", to, { class: "address" }), element("div", inWords(today(), language), { class: "day" }),
        element("div", letter.subject, { class: "subject" }), element("div", letter.text));
      return sheet;
    }));
    window.print();
  }

  function calendar() {
    const day = sentDay();
    const { calendar: texts } = words().letters;
    const company = data.companies[state.company].name;
    const told = { company, sent: inWords(day, state.language) };
    const end = due(day);
    const next = new Date(Date.parse(end) + 86400000).toISOString().slice(0, 10);
    const bare = (value) => value.replaceAll("-", "");
    const text = (value) => value.replace(/[\\;,]/g, "\\$&").replace(/\n/g, "\\n");
    const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//data-rights-bot//EN", "BEGIN:VEVENT",
      `UID:${bare(day)}-${bare(end)}-${state.company}@data-rights-bot`, `DTSTAMP:${bare(today())}T000000Z`,
      `DTSTART;VALUE=DATE:${bare(end)}`, `DTEND;VALUE=DATE:${bare(next)}`,
      `SUMMARY;LANGUAGE=${state.language}:${text(fill(texts.title, told))}`,
      `DESCRIPTION;LANGUAGE=${state.language}:${text(fill(texts.text, told))}`, "TRANSP:TRANSPARENT",
      "BEGIN:VALARM", "ACTION:DISPLAY", `DESCRIPTION:${text(fill(texts.title, told))}`, "TRIGGER:PT9H", "END:VALARM",
      "END:VEVENT", "END:VCALENDAR"];
    save(`${state.company}-${end}.ics`, "text/calendar", `${lines.map(fold).join("\r\n")}\r\n`);
  }

  // RFC 5545, 3.1: lines of at most 75 octets, continued by a space; a character is never cut.
  function fold(line) {
    const encoder = new TextEncoder();
    let result = "";
    let size = 0;
    for (const character of line) {
      const octets = encoder.encode(character).length;
      if (size + octets > 75) {
        result += "\r\n ";
        size = 1;
      }
      result += character;
      size += octets;
    }
    return result;
  }

  // -- events

  function chose(event) {
    const { id, value } = event.target;
    if (["kind", "company", "country", "who", "purpose", "outcome", "version", "language"].includes(id)) {
      state[id] = value;
      if (id === "company") state.services = Object.keys(data.companies[value].services).slice(0, 1);
      if (id === "language" || id === "company") relabel();
    } else if (event.target.closest("#services")) {
      state.services = [...document.querySelectorAll("#services input:checked")].map((box) => box.value);
    } else if (id === "letter" || id === "letter-en") {
      edited = true;
    }
    show();
  }

  function begin() {
    edited = false;
    state.language = fromBrowser();
    const good = fromLink();
    $("bad-link").hidden = good;
    if (state.services.length === 0) state.services = Object.keys(data.companies[state.company].services).slice(0, 1);
    relabel();
    show();
  }

  document.addEventListener("input", chose);
  $("form").addEventListener("submit", (event) => event.preventDefault());
  $("copy").addEventListener("click", copy);
  $("print").addEventListener("click", print);
  $("save").addEventListener("click", () => {
    const letter = chosen();
    save(`${state.company}-${state.kind}.txt`, "text/plain;charset=utf-8", `${letter.subject}\n\n${letter.text}\n`);
  });
  $("calendar").addEventListener("click", calendar);
  $("reset").addEventListener("click", () => {
    edited = false;
    show();
  });
  window.addEventListener("hashchange", begin);
  begin();
})();
