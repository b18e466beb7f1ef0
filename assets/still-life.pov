// still-life.pov - demo picture of qsample: fruit, a glazed bowl and a bottle by a window.
// An original scene for POV-Ray 3.7, one unit = one centimetre.  Render it with
//   povray still-life.pov +W768 +H512 -A +FN8 -D +Ostill-life.png
// (focal blur already supersamples every pixel; about 11 minutes on one core, add +WT1 to use just one).
// Quick draft: add +W384 +H256 Declare=Draft=1

#version 3.7;
#include "functions.inc"
#include "shapes.inc"

#ifndef (Draft) #declare Draft = 0; #end

global_settings {
  assumed_gamma 1.0
  max_trace_level 12
  adc_bailout 0.03
  radiosity {
    pretrace_start 0.08
    pretrace_end   (Draft ? 0.02 : 0.01)
    count          (Draft ? 60 : 140)
    nearest_count  (Draft ? 5 : 9)
    error_bound    (Draft ? 0.9 : 0.45)
    recursion_limit 2
    low_error_factor 0.6
    gray_threshold 0.0
    minimum_reuse  0.012
    brightness 1.0
  }
}

// ---------------------------------------------------------------- camera and light

camera {
  location <0, 20, -95>
  look_at  <0.5, 8.6, 0>
  right x*3/2
  angle 29
  aperture 2.6
  focal_point <0, 7, -7>
  blur_samples (Draft ? 14 : 48)
  confidence 0.95
  variance (Draft ? 1/200 : 1/1500)
}

// Soft daylight from a tall window on the left, a little behind the table.
#declare KeyPos = <-118, 62, 26>;
light_source {
  KeyPos
  color srgb <1.0, 0.955, 0.88> * 2.6
  area_light z*70, y*80, 5, 5 adaptive 0 jitter
  fade_distance 120 fade_power 2
}

// What reflections see of that window: bright panes and a dark cross of glazing bars.
#declare Panes = union {
  #for (I, 0, 1) #for (J, 0, 2)
    box { <-0.5, 20 + J*29, -14 + I*41> <0, 46 + J*29, 24 + I*41> }
  #end #end
  translate x*-122
  pigment { gradient y color_map { [0 srgb <0.95,0.97,0.93>*1.6] [1 srgb <0.90,0.96,1.0>*3.6] } scale 110 }
  finish { ambient 0 diffuse 0 emission 1 }
  no_shadow no_radiosity
}
object { Panes }

// ---------------------------------------------------------------- helpers

// Smooth mesh from a profile spline (t in 0..1 -> <radius, height>) turned round y.
// Lobes/LobeAmp make the body slightly angular, Wob adds slow random unevenness.
#macro Revolve(Spl, NT, NP, Lobes, LobeAmp, Wob, Seed)
  #local P = array[NT+1][NP+1];
  #for (I, 0, NT)
    #local Q = Spl(I/NT);
    #for (J, 0, NP)
      #local A = 2*pi*J/NP;
      #local R = max(Q.x, 0.004);
      #local N = f_noise3d(cos(A)*R*0.22 + Seed*7.3, Q.y*0.22, sin(A)*R*0.22 + Seed*3.1) - 0.5;
      #local R = R*(1 + LobeAmp*cos(Lobes*A + Seed) + Wob*N);
      #local P[I][J] = <R*cos(A), Q.y*(1 + 0.5*Wob*N), R*sin(A)>;
    #end
  #end
  GridMesh(P, NT, NP, 1)
#end

// Smooth mesh2 through a grid of points; Wrap = 1 joins the last column to the first.
#macro GridMesh(P, NT, NP, Wrap)
  mesh2 {
    vertex_vectors { (NT+1)*(NP+1)
      #for (I, 0, NT) #for (J, 0, NP) , P[I][J] #end #end }
    normal_vectors { (NT+1)*(NP+1)
      #for (I, 0, NT) #for (J, 0, NP)
        #local DI = P[min(I+1,NT)][J] - P[max(I-1,0)][J];
        #if (Wrap)
          #local DJ = P[I][mod(J+1,NP)] - P[I][mod(J-1+NP,NP)];
        #else
          #local DJ = P[I][min(J+1,NP)] - P[I][max(J-1,0)];
        #end
        #local NV = vcross(DI, DJ);
        #if (vlength(NV) < 1e-9) #local NV = y; #end
        , vnormalize(NV)
      #end #end }
    uv_vectors { (NT+1)*(NP+1)
      #for (I, 0, NT) #for (J, 0, NP) , <J/NP, I/NT> #end #end }
    face_indices { 2*NT*NP
      #for (I, 0, NT-1) #for (J, 0, NP-1)
        #local K = I*(NP+1) + J;
        , <K, K+1, K+NP+1>, <K+1, K+NP+2, K+NP+1>
      #end #end }
  }
#end

#declare Waxy = finish {
  ambient 0 diffuse 0.78 specular 0.22 roughness 0.03
  reflection { 0.0, 0.55 fresnel on } conserve_energy
}
#declare Matte = finish { ambient 0 diffuse 0.8 }

// Streaks that run from pole to pole, as on an apple's skin.
#declare Meridian = function(x, y, z, k) {
  f_noise3d(k*x/(sqrt(x*x+z*z)+0.05), 0.35*y, k*z/(sqrt(x*x+z*z)+0.05) + 9)
}

// Round dots of size k: distance to the nearest of many scattered points.
#declare Dot = function { pattern { crackle form <1,0,0> } }

// ---------------------------------------------------------------- room

#declare Plaster = texture {
  pigment {
    bozo color_map { [0 srgb <0.38,0.43,0.44>] [1 srgb <0.45,0.50,0.50>] }
    warp { turbulence 0.6 } scale 28
  }
  finish { Matte }
}
difference {                                   // walls, ceiling, floor
  box { <-135, -82, -190> <150, 165, 112> }
  box { <-130, -76, -180> <140, 160, 100> }
  box { <-74, 6, 90> <-17, 96, 120> }          // garden window in the back wall
  texture { Plaster }
}
box { <-130, -75.9, -180> <140, -75, 100> pigment { srgb <0.34,0.25,0.18> } finish { Matte } }

union {                                        // its white frame and sill
  box { <-78, 3.2, 92> <-13, 6, 104> }
  box { <-20.5, 6, 99> <-17, 96, 104> }
  box { <-74, 6, 99> <-70, 96, 104> }
  box { <-46.5, 6, 100> <-43.5, 96, 103> }
  box { <-74, 6, 99> <-17, 9, 104> }
  pigment { srgb <0.66,0.65,0.63> }
  finish { Matte }
}

// The garden outside: a glowing backdrop with round spots of foliage and sky.
plane { -z, -330
  pigment {
    gradient y
    pigment_map {
      [0.00 bozo color_map { [0.2 srgb <0.16,0.27,0.10>] [0.8 srgb <0.42,0.56,0.20>] } scale 26]
      [0.45 bozo color_map { [0.2 srgb <0.30,0.46,0.18>] [0.8 srgb <0.70,0.80,0.42>] } scale 30]
      [1.00 srgb <0.86,0.93,0.95>*1.15]
    }
    scale 150 translate y*-45
  }
  finish { ambient 0 diffuse 0 emission 1.15 }
}
#declare S = seed(41);
#for (I, 1, 70)
  #declare C = <-140 + 100*rand(S), -30 + 100*rand(S), 300 + 20*rand(S)>;
  #declare G = rand(S);
  disc { C, z, 2.0 + 3.5*rand(S)
    pigment { srgbt <0.45 + 0.5*G, 0.62 + 0.33*G, 0.22 + 0.45*G, 0.35 + 0.4*rand(S)> }
    finish { ambient 0 diffuse 0 emission 1.5 } no_shadow }
#end

// ---------------------------------------------------------------- table

// Oak: year rings cut lengthwise, dark pores, slow colour drift.
#macro Oak(Seed, Tone)
  #local Ring = pigment {
    wood
    color_map {
      [0.00 srgb <0.60,0.40,0.22>*Tone] [0.45 srgb <0.52,0.33,0.17>*Tone]
      [0.80 srgb <0.40,0.235,0.11>*Tone] [0.93 srgb <0.32,0.18,0.08>*Tone]
      [1.00 srgb <0.57,0.38,0.21>*Tone]
    }
    warp { turbulence <0.06, 0.10, 0.06> octaves 4 lambda 2.2 }
    scale <0.85, 0.85, 22> rotate <1.2, 90, 2.1> translate <Seed*31, -5.5 - mod(Seed*1.7,3), mod(Seed*2.9,5) - 2.5>
  }
  texture {
    pigment {
      function { f_noise3d(x/2.6 + Seed*17, y/0.10, z/0.085) }
      pigment_map {
        [0.00 srgb <0.20,0.11,0.05>*Tone] [0.27 srgb <0.24,0.135,0.06>*Tone]
        [0.34 Ring] [1.00 Ring]
      }
    }
    normal { bozo 0.22 scale <2.6, 0.10, 0.085> translate Seed*17 }
    finish {
      ambient 0 diffuse 0.75 specular 0.10 roughness 0.06
      reflection { 0.0, 0.30 fresnel on } conserve_energy
    }
  }
#end
union {
  #declare PlankW = 11.5;
  #for (I, -4, 3)
    object {
      Round_Box_Union(<-120, -3, I*PlankW + 0.06>, <110, 0, (I+1)*PlankW - 0.06>, 0.16)
      Oak(I + 6, 0.88 + 0.16*mod(abs(I*5 + 3), 4)/3)
      interior { ior 1.45 }
    }
  #end
  box { <-119, -2.8, -45> <109, -0.5, 45> pigment { srgb <0.10,0.06,0.03> } finish { Matte } }
  rotate y*-7
}

// ---------------------------------------------------------------- cloth

#declare BowlAt = <-4, 0, 2>;
// Height of the linen above the table: soft ridges, pressed flat below the bowl.
#declare Ridge = function(u, k) { pow(0.5 + 0.5*sin(u), k) }
#declare LinenY = function(x, z) {
  0.14 + min(1, max(0, (sqrt(pow(x+4,2) + pow(z-2,2)) - 7.0)/6)) * (
    1.15*Ridge(0.52*(0.75*x + 0.66*z) + 5.0*f_noise3d(x*0.075, 2, z*0.075), 4) * f_noise3d(x*0.06, 7, z*0.10)*1.5
  + 0.95*Ridge(0.60*(0.35*x - 0.94*z) + 5.5*f_noise3d(x*0.09, 5, z*0.08), 5) * f_noise3d(x*0.09+4, 1, z*0.06)*1.4
  + 0.45*Ridge(1.15*(0.9*x - 0.3*z) + 6.0*f_noise3d(x*0.11, 9, z*0.11), 3) * f_noise3d(x*0.12+8, 3, z*0.12)
  + 0.10*f_noise3d(x*0.6, 1, z*0.6))
}
#declare NU = 190; #declare NV = 150;
#declare CP = array[NV+1][NU+1];
#for (I, 0, NV) #for (J, 0, NU)
  #declare L = vrotate(<(J/NU - 0.5)*44, 0, (I/NV - 0.5)*29>, y*14) + <-15, 0, -5>;
  #declare L = L + 2.2*<f_noise3d(L.x*0.13, 3, L.z*0.13) - 0.5, 0, f_noise3d(L.x*0.13, 8, L.z*0.13) - 0.5>;
  #declare E = min(I, NV-I, J, NU-J);          // hem: edges sink towards the table
  #declare CP[I][J] = <L.x, 0.06 + (LinenY(L.x, L.z) - 0.06)*min(1, 0.35 + E/14), L.z>;
#end #end
#declare LinenCol = pigment { srgb <0.81,0.77,0.70> }
#declare StripeCol = pigment { srgb <0.60,0.10,0.10> }
#declare Linen = texture {
  pigment {
    uv_mapping
    gradient y
    pigment_map {
      [0.060 LinenCol] [0.060 StripeCol] [0.092 StripeCol] [0.092 LinenCol]
      [0.110 LinenCol] [0.110 StripeCol] [0.122 StripeCol] [0.122 LinenCol]
      [0.878 LinenCol] [0.878 StripeCol] [0.890 StripeCol] [0.890 LinenCol]
      [0.908 LinenCol] [0.908 StripeCol] [0.940 StripeCol] [0.940 LinenCol]
    }
  }
  finish { ambient 0 diffuse 0.82 }
}
#declare Weave = texture {                     // uneven threads both ways, laid over the colour
  pigment {
    uv_mapping
    average pigment_map {
      [1 bozo color_map { [0.2 srgbt <0.20,0.15,0.10,0.35>] [0.6 srgbt <1,1,1,1>] } scale <0.05, 0.0055, 1>]
      [1 bozo color_map { [0.2 srgbt <0.20,0.15,0.10,0.35>] [0.6 srgbt <1,1,1,1>] } scale <0.0036, 0.07, 1>]
    }
  }
  normal { uv_mapping average normal_map {
    [1 bozo 0.5 scale <0.05, 0.0055, 1>] [1 bozo 0.5 scale <0.0036, 0.07, 1>] } }
  finish { ambient 0 diffuse 0.82 }
}
object { GridMesh(CP, NV, NU, 0) texture { Linen } texture { Weave } }

// ---------------------------------------------------------------- bowl

#declare BowlProfile = spline { natural_spline
  0.00 <0.0, 0.45, 0>  0.06 <3.0, 0.45, 0>  0.10 <4.3, 0.05, 0>  0.13 <5.0, 0.10, 0>
  0.17 <5.2, 0.9, 0>   0.25 <7.4, 2.0, 0>   0.36 <10.3, 4.6, 0>  0.47 <11.9, 7.8, 0>
  0.50 <12.25, 8.75, 0> 0.525 <12.1, 9.0, 0> 0.55 <11.75, 8.7, 0> 0.64 <10.6, 6.0, 0>
  0.75 <8.0, 3.2, 0>   0.87 <4.5, 1.7, 0>   1.00 <0.0, 1.3, 0>
}
#declare Deep = pigment { bozo color_map { [0.2 srgb <0.05,0.20,0.52>] [0.8 srgb <0.08,0.32,0.66>] } scale <3,1.5,3> }
#declare Pale = pigment { bozo color_map { [0.2 srgb <0.10,0.46,0.68>] [0.8 srgb <0.26,0.60,0.70>] } scale <2,1,2> }
#declare Flow = pigment {                      // glaze that ran a little while melting
  bozo pigment_map { [0.42 Deep] [0.62 Pale] }
  warp { turbulence <0.3, 0.7, 0.3> octaves 4 } scale <1.6, 3.4, 1.6>
}
#declare Glaze = pigment {                     // iron specks in the glaze
  function { Dot(x/0.62 + 0.8*f_noise3d(x, y, z), y/0.5, z/0.62 + 0.4*x) }
  pigment_map { [0.05 srgb <0.05,0.06,0.10>] [0.14 Flow] [1 Flow] }
}
#declare RimClay = pigment { bozo color_map { [0.2 srgb <0.36,0.20,0.10>] [0.8 srgb <0.55,0.36,0.20>] } scale 0.5 }
#declare RawClay = pigment { granite color_map { [0.2 srgb <0.62,0.50,0.37>] [0.7 srgb <0.72,0.60,0.46>] } scale 2 }
object {
  Revolve(BowlProfile, 150, 120, 2, 0.006, 0.012, 3)
  texture {
    pigment {
      function { min(1, max(0, (y + 0.7*(f_noise3d(x*0.7, y*0.7, z*0.7) - 0.5))/9.3)) }
      pigment_map { [0.095 RawClay] [0.11 Glaze] [0.87 Glaze] [0.925 RimClay] [1.0 RimClay] }
    }
    normal { gradient y 0.16 sine_wave warp { turbulence <0.1,0.25,0.1> } scale 0.85 }
    finish {
      ambient 0 diffuse 0.75 specular 0.35 roughness 0.008
      reflection { 0.0, 0.5 fresnel on } conserve_energy
    }
  }
  interior { ior 1.55 }
  translate BowlAt + y*0.15
}

// ---------------------------------------------------------------- fruit

#declare AppleProfile = spline { natural_spline
  0.00 <0.0, 0.75, 0>  0.06 <0.55, 0.42, 0> 0.13 <1.25, 0.02, 0> 0.22 <2.25, 0.30, 0>
  0.34 <3.25, 1.60, 0> 0.48 <3.95, 3.60, 0> 0.60 <3.98, 5.10, 0> 0.71 <3.35, 6.45, 0>
  0.80 <2.35, 7.00, 0> 0.88 <1.35, 6.80, 0> 0.95 <0.50, 6.00, 0> 1.00 <0.0, 5.60, 0>
}
#declare AppleMesh = Revolve(AppleProfile, 64, 80, 5, 0.014, 0.10, 1)
#declare Stalk = sphere_sweep { cubic_spline 6,
  <0,-1.2,0>, 0.20 <0,0,0>, 0.17 <0.08,0.8,0.03>, 0.13 <0.32,1.6,0.05>, 0.14 <0.75,2.3,0>, 0.22 <1.1,2.7,0>, 0.2
  texture {
    pigment { bozo color_map { [0.2 srgb <0.20,0.12,0.06>] [0.8 srgb <0.42,0.29,0.15>] } scale <0.1,0.5,0.1> }
    finish { Matte }
  }
}
// Apple skin: C1 over C2 in streaks, blush on one side, russet near the stalk, pale dots.
#macro AppleSkin(C1, C2, C3, Bias)
  #local Streaks = pigment {
    function { 0.45*Meridian(x,y,z,7) + 0.30*Meridian(x,y,z,16) + 0.25*f_noise3d(x*0.35+3, y*0.3, z*0.35) + Bias + 0.05*x }
    color_map { [0.30 C3] [0.42 C2] [0.52 C1*0.6 + C2*0.4] [0.62 C1] [0.85 C1*0.62] }
  }
  #local Body = pigment {
    function { min(1, sqrt(x*x+z*z)/4 + max(0, 4.6-y)) }
    pigment_map { [0.08 srgb <0.42,0.36,0.12>] [0.26 srgb <0.60,0.50,0.16>] [0.46 Streaks] [1 Streaks] }
  }
  texture {
    pigment {
      function { Dot(x/0.62, y/0.62, z/0.62) }
      pigment_map { [0.085 srgb <0.80,0.62,0.36>] [0.150 Body] [1 Body] }
    }
    normal { bumps 0.05 scale 0.5 }
    finish { Waxy }
  }
#end
#macro Apple(C1, C2, C3, Bias)
  union {
    object { AppleMesh AppleSkin(C1, C2, C3, Bias) interior { ior 1.42 } }
    object { Stalk translate y*5.4 }
  }
#end

#declare PearProfile = spline { natural_spline
  0.00 <0.0, 0.55, 0>  0.07 <0.7, 0.15, 0>  0.16 <1.8, 0.15, 0>  0.28 <3.1, 1.2, 0>
  0.40 <3.75, 3.0, 0>  0.52 <3.45, 5.0, 0>  0.64 <2.45, 6.9, 0>  0.76 <1.75, 8.6, 0>
  0.87 <1.45, 9.9, 0>  0.95 <0.85, 10.7, 0> 1.00 <0.0, 10.75, 0>
}
#declare PearFlesh = pigment {
  function { min(1, max(0, 0.55*f_noise3d(x*0.35, y*0.25, z*0.35) + 0.25*f_noise3d(x*1.7,y*1.7,z*1.7) + 0.06*x + 0.10)) }
  color_map { [0.20 srgb <0.55,0.56,0.12>] [0.45 srgb <0.74,0.68,0.18>] [0.62 srgb <0.83,0.66,0.20>] [0.80 srgb <0.76,0.36,0.14>] }
}
#declare Pear = union {
  object {
    Revolve(PearProfile, 64, 72, 3, 0.015, 0.12, 5)
    texture {
      pigment {
        function { Dot(x/0.36, y/0.36, z/0.36) }
        pigment_map { [0.07 srgb <0.50,0.36,0.13>] [0.19 PearFlesh] [1 PearFlesh] }
      }
      normal { bumps 0.08 scale 0.6 }
      finish { Waxy }
    }
    interior { ior 1.4 }
  }
  object { Stalk scale <1.1,0.8,1.1> translate y*10.4 }
}

#declare OrangeSkin = texture {
  pigment {
    bozo color_map { [0.2 srgb <0.93,0.42,0.03>] [0.8 srgb <0.98,0.53,0.05>] } scale 3
  }
  normal {
    average normal_map {
      [1.0 crackle 1.1 form <1,0,0> slope_map { [0 <0,0>] [0.25 <0.7,1.2>] [0.5 <1,0>] [1 <1,0>] } scale 0.27]
      [0.6 bumps 0.5 scale 0.7]
    }
  }
  finish { ambient 0 diffuse 0.8 specular 0.30 roughness 0.03 reflection { 0, 0.35 fresnel on } conserve_energy }
}
#declare OrangeProfile = spline { natural_spline
  0.00 <0.0, -3.75, 0> 0.12 <1.4, -3.55, 0> 0.30 <3.25, -2.0, 0> 0.50 <3.95, 0, 0>
  0.70 <3.25, 2.0, 0>  0.88 <1.4, 3.50, 0>  0.95 <0.55, 3.62, 0> 1.00 <0.0, 3.45, 0>
}
#declare Orange = union {
  object { Revolve(OrangeProfile, 48, 64, 4, 0.006, 0.05, 8) texture { OrangeSkin } interior { ior 1.4 } }
  sphere { 0, 1 scale <0.36, 0.16, 0.33> translate y*3.5
    pigment { srgb <0.34,0.36,0.14> } normal { bumps 0.8 scale 0.12 } finish { Matte } }
}

// Half an orange: cut face looks along +y, rim at y = 0.
#declare Seg = function(x, z) { abs(sin(5*atan2(z, x) + 0.35*f_noise3d(x, 2, z)))*sqrt(x*x + z*z)/2.2 }
#declare Rad = function(x, z) { sqrt(x*x + z*z) + 0.10*(f_noise3d(x*1.2, 5, z*1.2) - 0.5) }
#declare Pulp = pigment {
  function { f_noise3d(7*atan2(z, x), 1.1*sqrt(x*x + z*z), 3)*0.6 + 0.4*f_noise3d(x*4, 1, z*4) }
  color_map { [0.25 srgb <0.90,0.38,0.02>] [0.5 srgb <0.98,0.52,0.05>] [0.75 srgb <1.0,0.68,0.20>] }
}
#declare Pith = pigment { srgb <0.96,0.84,0.58> }
#declare Segments = pigment {
  function { min(1, Seg(x, z)) } pigment_map { [0.045 srgb <0.97,0.78,0.42>] [0.11 Pulp] [1 Pulp] }
}
#declare HalfOrange = union {
  difference {
    sphere { 0, 3.9 }
    plane { -y, 0 }
    texture { OrangeSkin }
  }
  disc { y*0.002, y, 3.9
    pigment {
      function { min(1, Rad(x, z)/4) }
      pigment_map {
        [0.06 Pith] [0.10 Segments] [0.865 Segments] [0.875 Pith] [0.945 Pith]
        [0.955 srgb <0.95,0.48,0.05>] [1.0 srgb <0.93,0.42,0.03>]
      }
    }
    normal { function { min(1, 0.5*f_noise3d(7*atan2(z, x), 1.1*sqrt(x*x+z*z), 3) + min(0.5, 2*Seg(x, z))) } 0.35 }
    finish { ambient 0 diffuse 0.8 specular 0.5 roughness 0.012 reflection { 0.01, 0.35 fresnel on } conserve_energy }
    interior { ior 1.36 }
  }
}

#declare Apple1 = Apple(srgb <0.72,0.045,0.05>, srgb <0.86,0.22,0.08>, srgb <0.90,0.66,0.20>, 0.10)
#declare Apple2 = Apple(srgb <0.66,0.05,0.05>,  srgb <0.85,0.40,0.10>, srgb <0.78,0.74,0.22>, 0.00)
#declare Apple3 = Apple(srgb <0.60,0.70,0.16>,  srgb <0.66,0.74,0.22>, srgb <0.76,0.78,0.32>, 0.05)

// In the bowl: a lower layer that carries the upper one.
union {
  object { Apple1 rotate <-22, 40, 12>  translate <-4.5, 4.8, -2.6> }
  object { Orange rotate <-35, 20, 25>  translate < 2.5, 7.9, -6.2> }
  object { Apple3 rotate <8, -70, -20>  translate < 6.0, 4.9, -0.1> }
  object { Orange rotate <10, 80, -10>  translate <-1.5, 7.3, 6.3> }
  object { Apple2 rotate <-14, 200, 14> translate <-4.5, 9.4, 3.1> }
  object { Pear translate y*-4 rotate <0, 200, 0> rotate z*-68 rotate y*-18 translate <1.5, 13.0, -0.4> }
  translate BowlAt + y*0.15
}
// On the table.
object { HalfOrange rotate <-68, 0, 0> rotate y*-24 translate <9.6, 3.65, -11.5> }
object { Apple1 rotate <-6, 250, -5> translate <17.6, 0.05, -6.5> }

// Grapes: drop random candidates onto the cloth and onto each other; keep those low enough.
#declare Grape = sphere { 0, 1
  texture {
    pigment {
      function { min(1, 0.6*f_noise3d(x*1.3, y*1.3, z*1.3) + 0.4*f_noise3d(x*6, y*6, z*6)) }
      color_map { [0.30 srgb <0.22,0.02,0.10>] [0.50 srgb <0.30,0.05,0.18>] [0.80 srgb <0.42,0.28,0.46>] }
    }
    finish { ambient 0 diffuse 0.75 specular 0.5 roughness 0.015 reflection { 0.01, 0.5 fresnel on } conserve_energy }
  }
  interior { ior 1.4 }
}
#declare GC = array[90]; #declare GR = array[90]; #declare GN = 0;
#declare S = seed(7);
#for (I, 1, 2600)
  #declare U = 2*rand(S) - 1; #declare V = 2*rand(S) - 1; #declare R = 0.86 + 0.20*rand(S);
  #declare H = 1 - U*U*0.9 - V*V;
  #if (H > 0 & GN < 88)
    #declare Q = vrotate(<U*6.8, 0, V*3.6*(1 - 0.35*U)>, y*24) + <-13.4, 0, -12.2>;
    #declare Y = LinenY(Q.x, Q.z) + R*0.97;
    #for (K, 0, GN-1)
      #declare D2 = pow(Q.x - GC[K].x, 2) + pow(Q.z - GC[K].z, 2);
      #declare T = pow((R + GR[K])*0.965, 2) - D2;
      #if (T > 0) #declare Y = max(Y, GC[K].y + sqrt(T)); #end
    #end
    #if (Y < 1.2 + 4.6*H)
      #declare GC[GN] = <Q.x, Y, Q.z>; #declare GR[GN] = R; #declare GN = GN + 1;
      object { Grape scale <R, R*1.07, R> rotate <40*rand(S), 360*rand(S), 40*rand(S)> translate <Q.x, Y, Q.z> }
    #end
  #end
#end
sphere_sweep { cubic_spline 7,
  <-10,1,-14>, 0.2 <-12,3.6,-13>, 0.18 <-14.4,4.6,-11.6>, 0.18 <-16.6,4.9,-10.6>, 0.18
  <-18.6,4.3,-9.4>, 0.18 <-20.2,3.2,-8.9>, 0.24 <-21,2.6,-8.8>, 0.3
  pigment { bozo color_map { [0.2 srgb <0.34,0.30,0.12>] [0.8 srgb <0.48,0.36,0.18>] } scale 0.5 }
  finish { Matte }
}

// ---------------------------------------------------------------- bottle and jug

#declare BottleProfile = spline { linear_spline
  0.00 <0.0, 0.9, 0>  0.03 <1.6, 0.55, 0>  0.06 <2.8, 0.05, 0> 0.075 <3.3, 0.1, 0> 0.09 <3.55, 0.5, 0>
  0.30 <3.6, 13.5, 0> 0.33 <3.5, 14.6, 0> 0.36 <3.1, 15.7, 0> 0.39 <2.35, 16.9, 0> 0.42 <1.75, 18.2, 0>
  0.45 <1.45, 19.6, 0> 0.52 <1.35, 23.0, 0> 0.53 <1.6, 23.2, 0> 0.545 <1.62, 23.9, 0> 0.56 <1.35, 24.2, 0>
  0.57 <1.05, 24.1, 0> 0.60 <1.0, 20.0, 0> 0.63 <1.3, 18.4, 0> 0.66 <1.9, 16.9, 0> 0.69 <2.65, 15.5, 0>
  0.72 <3.05, 14.4, 0> 0.75 <3.2, 13.4, 0> 0.92 <3.15, 1.4, 0> 0.95 <2.6, 1.0, 0> 1.00 <0.0, 1.6, 0>
}
#declare Glass = material {
  texture {
    pigment { srgbt <1,1,1,1> }
    finish { ambient 0 diffuse 0 specular 0.6 roughness 0.003 reflection { 0.0, 1.0 fresnel on } conserve_energy }
  }
  interior { ior 1.5 fade_distance 0.30 fade_power 1001 fade_color srgb <0.30,0.62,0.26> }
}
union {
  object { Revolve(BottleProfile, 200, 96, 2, 0.0, 0.004, 2) material { Glass } }
  cylinder { <0,21.6,0>, <0,25.1,0>, 1.02
    pigment { crackle color_map { [0 srgb <0.40,0.26,0.15>] [0.2 srgb <0.70,0.53,0.35>] } scale 0.35 }
    finish { Matte } }
  scale 0.93 translate <14.5, 0.01, 13>
}

// A terracotta pot with a leafy plant, far out of focus at the right.
union {
  cone { <0,0,0>, 6.0, <0,11,0>, 8.4 }
  cylinder { <0,10.4,0>, <0,13.2,0>, 9.2 }
  pigment { bozo color_map { [0 srgb <0.58,0.27,0.15>] [1 srgb <0.70,0.36,0.21>] } scale 4 }
  finish { Matte }
  scale 0.78 translate <25.5, 0, 41>
}
#declare S = seed(12);
#for (I, 1, 75)
  sphere { 0, 1 scale <2.8, 0.2, 1.2> translate x*2.0
    rotate z*(60*rand(S) - 25) rotate y*(360*rand(S))
    translate <25.5 + 9*(rand(S) - 0.5), 11 + 10*rand(S), 41 + 8*(rand(S) - 0.5)>
    pigment { srgb <0.13,0.31,0.10> + 0.16*rand(S) }
    finish { ambient 0 diffuse 0.75 specular 0.2 roughness 0.05 } }
#end
