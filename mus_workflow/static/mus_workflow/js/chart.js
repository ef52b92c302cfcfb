/*
 * Draws the charts on a page from the JSON beside each table: figure[data-mus-chart].
 * The library is fetched once, and only where there is a chart. If anything fails the table is there, as it was.
 */
const COLOURS = [1, 2, 3, 4, 5, 6, 7, 8].map((step) => `--mus-chart-${step}`);
const POINTS = ["circle", "rect", "triangle", "rectRot", "rectRounded", "crossRot", "cross", "line"];
const libraries = new Map();

function load(address) {
  if (!libraries.has(address)) {
    libraries.set(address, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", () => resolve(globalThis.Chart));
      script.addEventListener("error", reject);
      document.head.append(script);
    }));
  }
  return libraries.get(address);
}

function colour(name) {
  // A canvas knows no light-dark(): let the browser compute the token as the colour of an element.
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function datasets(series, kind) {
  return series.map((one, index) => {
    const tint = colour(COLOURS[index % COLOURS.length]);
    return {
      label: one.label,
      data: one.values,
      borderColor: tint,
      backgroundColor: tint,
      borderWidth: kind === "line" ? 2 : 1,
      borderRadius: 3,
      pointStyle: POINTS[index % POINTS.length],
      pointRadius: 5,
      maxBarThickness: 56,
    };
  });
}

function configuration(payload) {
  const lying = payload.kind === "horizontal";
  const stacked = payload.kind === "stacked";
  const scale = { stacked, grid: { color: colour("--mus-line") }, ticks: { color: colour("--mus-ink-soft") } };
  const values = { ...scale, beginAtZero: true, title: { display: Boolean(payload.unit), text: payload.unit, color: colour("--mus-ink-soft") } };
  return {
    type: payload.kind === "line" ? "line" : "bar",
    data: { labels: payload.labels, datasets: datasets(payload.series, payload.kind) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: lying ? "y" : "x",
      locale: document.documentElement.lang || undefined,
      scales: lying ? { x: values, y: scale } : { x: scale, y: values },
      plugins: {
        legend: {
          display: payload.series.length > 1,
          labels: { color: colour("--mus-ink"), usePointStyle: payload.kind === "line" },
        },
      },
    },
  };
}

async function draw(figure) {
  const payload = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const Chart = await load(figure.dataset.musChartLibrary);
  const holder = figure.querySelector(".mus-chart__canvas");
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", figure.dataset.musChartLabel);
  holder.replaceChildren(canvas);
  holder.hidden = false;
  Chart.defaults.font.family = getComputedStyle(figure).fontFamily;
  const chart = new Chart(canvas, configuration(payload));
  const repaint = () => {
    const fresh = configuration(payload);
    chart.data = fresh.data;
    chart.options = fresh.options;
    chart.update();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  addEventListener("beforeprint", () => chart.resize());
  addEventListener("afterprint", () => chart.resize());
}

for (const figure of document.querySelectorAll("[data-mus-chart]")) {
  draw(figure).catch(() => { figure.querySelector(".mus-chart__canvas").hidden = true; });
}
