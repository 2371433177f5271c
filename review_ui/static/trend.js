// The trend of a brand: stacked bars per polarity; a click leads to the posts behind a bar.
const token = (name) => {
  // A computed colour, since a canvas knows nothing of light-dark().
  const probe = document.createElement("span");
  probe.className = `probe-${name}`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
};

function options(found) {
  const text = token("text-dim");
  const line = token("line");
  const spoken = found.series.filter((one) => one.polarity !== "mixed" || one.values.some(Boolean));
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 150,
    aria: { enabled: true },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: text }, itemWidth: 12, itemHeight: 12 },
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: token("raised"), borderColor: line, textStyle: { color: token("text") }, axisPointer: { type: "shadow" } },
    xAxis: { type: "category", data: found.labels, axisLabel: { color: text }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false } },
    yAxis: { type: "value", minInterval: 1, axisLabel: { color: text }, splitLine: { lineStyle: { color: line } } },
    series: spoken.map((one) => ({
      name: one.name,
      type: "bar",
      stack: "all",
      barMaxWidth: 44,
      cursor: "pointer",
      data: one.values,
      itemStyle: { color: token(`pol-${one.polarity}`) },
    })),
  };
}

async function draw(place) {
  const answer = await fetch(place.dataset.series);
  if (!answer.ok) return;
  const found = await answer.json();
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(options(found));
  place.dataset.drawn = "true";
  chart.getZr().on("click", (event) => {
    const at = chart.convertFromPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY]);
    if (at && chart.containPixel("grid", [event.offsetX, event.offsetY]) && found.links[at[0]]) location.assign(found.links[at[0]]);
  });
  new ResizeObserver(() => chart.resize()).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.setOption(options(found)));
}

export function startTrend() {
  const place = document.querySelector("[data-series]");
  if (place && window.echarts) draw(place);
}
