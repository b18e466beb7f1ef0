#include "pipeline/record/film_record.h"

#include "base/json.h"

namespace qsample {

std::string with_film(const std::string& record, const FilmMaking& making,
                      const RangeChoice& range) {
  Json json;
  const Json frame = parse_json(record);
  for (const auto& [key, value] : frame.items()) {
    if (key == "alpha" || key == "sigma") continue;
    if (key != "t") {
      json[key] = value;
      continue;
    }
    // Where a frame's record has its own.
    json["timesteps"] = making.ts;
    if (making.space) json["space"] = space_name(*making.space);
  }
  if (range.automatic) json["range"] = "auto";
  json["fps"] = making.film.fps;
  if (making.film.hold > 0) json["hold"] = making.film.hold;
  if (making.film.boomerang) json["boomerang"] = true;
  if (making.film.quality) json["quality"] = *making.film.quality;
  if (making.film.lossless) json["lossless"] = true;
  if (making.film.compatible) json["compatible"] = true;
  return json_text(json);
}

}  // namespace qsample
