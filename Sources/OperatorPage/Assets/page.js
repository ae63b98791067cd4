// Everything works without this: it shows times in the reader's zone, refreshes the first page, and offers date pickers.
(function () {
  "use strict";

  function localTimes(root) {
    root.querySelectorAll("time[datetime]").forEach(function (time) {
      var at = new Date(time.getAttribute("datetime"));
      if (isNaN(at) || time.title) return;
      var local = at.toLocaleString([], { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
      // The sentences of a story name other times in UTC: the reader's own time stays beside it.
      var isStory = time.hasAttribute("data-clock");
      time.title = isStory ? local + ", your time" : time.textContent;
      if (!isStory) time.textContent = local;
    });
    root.querySelectorAll("[data-zone]").forEach(function (note) {
      var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      if (zone && zone !== "UTC") note.textContent = "Times in tables are in your zone (" + zone + "); sentences are in UTC.";
    });
  }

  function pickers(form) {
    form.querySelectorAll("input[data-time]").forEach(function (field) {
      // A day alone is one in UTC to the server as to Date; a time of day without a zone is not.
      var typed = field.value.replace(" ", "T");
      var at = new Date(/T/.test(typed) && !/Z$/.test(typed) ? typed + "Z" : typed);
      if (typed && isNaN(at)) return;
      var picker = document.createElement("input");
      picker.type = "datetime-local";
      picker.id = field.id;
      field.removeAttribute("id");
      var label = document.querySelector('label[for="' + picker.id + '"]');
      if (label) label.textContent = label.textContent.replace(" (UTC)", "");
      if (typed) picker.value = new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
      field.type = "hidden";
      field.after(picker);
      picker.addEventListener("input", function () {
        var chosen = new Date(picker.value);
        field.value = isNaN(chosen) ? "" : chosen.toISOString().slice(0, 16) + "Z";
      });
    });
  }

  function isInUse(main) {
    return document.activeElement !== main && main.contains(document.activeElement);
  }

  function refresh() {
    var main = document.querySelector("main[data-refresh]");
    if (!main || document.visibilityState !== "visible") return;
    if (isInUse(main)) return;
    var stop = new AbortController();
    var limit = setTimeout(function () { stop.abort(); }, 10000);
    fetch(location.pathname, { signal: stop.signal })
      .then(function (response) { return response.ok ? response.text() : Promise.reject(response.status); })
      .then(function (text) {
        var page = new DOMParser().parseFromString(text, "text/html");
        var next = page.querySelector("main");
        var footer = page.querySelector("footer");
        if (!next || isInUse(main)) return;
        localTimes(next);
        main.replaceChildren.apply(main, Array.from(next.childNodes));
        if (footer) {
          localTimes(footer);
          document.querySelector("footer").replaceWith(footer);
        }
      })
      .catch(function () {})
      .finally(function () { clearTimeout(limit); });
  }

  localTimes(document);
  document.querySelectorAll("form.filters").forEach(pickers);
  if (document.querySelector("main[data-refresh]")) setInterval(refresh, 30000);
})();
